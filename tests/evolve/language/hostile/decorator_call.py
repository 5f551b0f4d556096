# expect: INVALID parser
@print('hello')
def activation(x):
  return x
