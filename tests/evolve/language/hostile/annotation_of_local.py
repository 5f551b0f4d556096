# expect: INVALID parser
def activation(x):
  y: open('/tmp/owned', 'w') = x
  return y
