# expect: INVALID parser
def activation(x):
  return jnp.save('/tmp/owned', x)
