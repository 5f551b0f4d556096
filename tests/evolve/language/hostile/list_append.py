# expect: INVALID parser
def activation(x):
  ys = []
  ys.append(x)
  return sum(ys)
