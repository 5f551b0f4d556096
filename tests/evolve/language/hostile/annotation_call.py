# expect: INVALID parser
def activation(x: open('/tmp/owned', 'w')):
  return x
