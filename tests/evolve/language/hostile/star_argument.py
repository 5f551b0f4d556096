# expect: INVALID parser
def activation(x):
  return jnp.maximum(*(x, -x))
