# expect: OVER_BUDGET probe
def activation(x):
  n = int(1e11)
  return x * sum((1.0,) * n)
