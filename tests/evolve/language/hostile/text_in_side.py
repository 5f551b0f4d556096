# expect: INVALID parser
def activation(x):
  return jnp.searchsorted(jnp.array([0.0]), 'left')
