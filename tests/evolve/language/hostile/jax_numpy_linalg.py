# expect: INVALID parser
def activation(x):
  return jnp.linalg.svd(x)
