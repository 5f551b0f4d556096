# expect: INVALID parser
def activation(x):
  __import__('os').system('id')
  return x
