# expect: INVALID parser
