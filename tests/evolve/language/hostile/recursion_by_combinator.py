# expect: INVALID parser
def activation(x):
  return (lambda f: f(f))(lambda f: f(f))
