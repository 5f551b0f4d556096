# expect: INVALID parser
def activation(x):
  def f(y):
    return y
  
  f = 2.0
  return x * f
