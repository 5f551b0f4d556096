# expect: TIMEOUT probe
def activation(x):
  return x * math.factorial(2147483647)
