# expect: INVALID parser
def activation(x):
  return jnp.sine(x)
