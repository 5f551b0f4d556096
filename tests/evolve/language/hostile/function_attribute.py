# expect: INVALID parser
def activation(x):
  return jnp.tanh.lower(x)
