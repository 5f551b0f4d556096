# expect: INVALID parser
def activation(x):
  return vars(jnp)
