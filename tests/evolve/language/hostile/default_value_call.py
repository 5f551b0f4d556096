# expect: INVALID parser
def activation(x, y=jnp.ones((9, 9))):
  return x
