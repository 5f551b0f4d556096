# expect: INVALID parser
def activation(x):
  return b'tanh'
