# expect: INVALID parser
def activation(x):
  return jnp.where.__wrapped__
