# expect: CRASHED probe
def activation(x):
  t = (1.0, 2.0)
  for _ in range(60):
    t = t + t
  return x * len(t)
