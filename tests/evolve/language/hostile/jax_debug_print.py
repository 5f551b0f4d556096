# expect: INVALID parser
def activation(x):
  jax.debug.print('{}', x)
  return x
