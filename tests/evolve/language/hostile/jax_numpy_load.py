# expect: INVALID parser
def activation(x):
  return jnp.load('/tmp/owned')
