# expect: CRASHED probe
def activation(x):
  return x * math.exp(1000.0)
