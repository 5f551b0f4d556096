# expect: INVALID parser
def activation(x):
  n = 0
  
  def f(y):
    nonlocal n
    n += 1
    return y + n
  
  return f(x)
