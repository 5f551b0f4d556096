# expect: INVALID parser
def activation(x):
  return x.at[0].set(1.0)
