# expect: INVALID parser
def outer(x):
  def activation(y):
    return y

  return activation(x)
