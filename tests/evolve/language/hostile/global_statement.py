# expect: INVALID parser
N = 0


def activation(x):
  global N
  N += 1
  return x + N
