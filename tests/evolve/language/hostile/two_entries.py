# expect: INVALID parser
def activation(x):
  return x


def activation_function(x):
  return -x
