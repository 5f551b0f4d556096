# expect: INVALID parser
def activation(x):
  return x.addressable_data(0)
