# expect: INVALID parser
def activation(x):
  return jnp.piecewise(
    x,
    [x > 0],
    [lambda v: sum(sum(v for _ in range(200)) for _ in range(200))],
  )
