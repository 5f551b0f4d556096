# expect: INVALID parser
def activation(x):
  return sum([x * i * j for i in range(999) for j in range(999)])
