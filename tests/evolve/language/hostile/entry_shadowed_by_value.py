# expect: INVALID parser
activation = 3


def activation_function(x):
  return x
