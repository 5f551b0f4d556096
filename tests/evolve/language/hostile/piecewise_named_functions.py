# expect: INVALID parser
def activation(x):
  fs = [lambda v: v]
  return jnp.piecewise(x, [x > 0], fs)
