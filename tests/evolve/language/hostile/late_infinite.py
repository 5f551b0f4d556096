# expect: DIVERGED probe
def activation(x):
  return jnp.full_like(x, jnp.inf)
