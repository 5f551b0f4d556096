# expect: INVALID parser
def activation(x):
  return jnp._src
