# expect: INVALID parser
def activation(x):
  return jnp.sum(x, **{})
