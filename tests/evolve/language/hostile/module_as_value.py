# expect: INVALID parser
def activation(x):
  m = jnp
  return m.save('/tmp/owned', x)
