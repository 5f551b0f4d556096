# expect: INVALID parser
def activation(x: (lambda: x)()):
  return x
