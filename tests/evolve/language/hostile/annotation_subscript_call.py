# expect: INVALID parser
def activation(x: Float[open('/tmp/owned', 'w')]):
  return x
