# expect: CRASHED probe
def activation(x):
  return math.tanh(x)
