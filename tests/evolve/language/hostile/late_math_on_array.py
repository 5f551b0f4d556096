# expect: INVALID probe
def activation(x):
  return math.tanh(x)
