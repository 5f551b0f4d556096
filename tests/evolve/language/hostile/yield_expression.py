# expect: INVALID parser
def activation(x):
  yield x
