# expect: INVALID parser
def activation(x, m=jax):
  return m.devices()
