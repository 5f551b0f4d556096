# expect: CRASHED probe
def activation(x):
  return x * (1 // 0)
