# expect: TIMEOUT probe
def activation(x):
  n = 3
  for _ in range(60):
    n = n * n
  return x * n
