# expect: INVALID parser
def activation(x):
  return jnp.vectorize(abs)(x)
