# expect: INVALID probe
def activation(x):
  return jnp.stack([x, x])
