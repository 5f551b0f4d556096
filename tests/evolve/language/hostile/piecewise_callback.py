# expect: INVALID parser
def activation(x):
  return jnp.piecewise(x, [x > 0], [open, print])
