# expect: INVALID parser
def activation(x):
  jnp.tanh = abs
  return x
