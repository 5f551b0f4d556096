# expect: INVALID parser
def activation(x):
  return exec('import os')
