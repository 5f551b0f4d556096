# expect: INVALID parser
I would try a smooth function such as softplus here.
