# expect: INVALID probe
def activation(x):
  return jnp.where(x > -1 and x < 1, x, 0.0)
