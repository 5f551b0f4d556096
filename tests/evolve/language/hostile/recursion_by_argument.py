# expect: INVALID parser
def activation(x):
  def apply(f, y):
    return f(f, y)
  
  return apply(apply, x)
