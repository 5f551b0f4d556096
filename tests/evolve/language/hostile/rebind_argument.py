# expect: INVALID parser
def activation(jnp):
  return jnp
