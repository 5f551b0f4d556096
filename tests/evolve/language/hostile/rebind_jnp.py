# expect: INVALID parser
def activation(x):
  jnp = x
  return jnp
