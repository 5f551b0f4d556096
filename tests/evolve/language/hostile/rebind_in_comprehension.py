# expect: INVALID parser
def activation(x):
  return sum([lax for lax in (x, x)])
