# expect: DIVERGED probe
def activation(x):
  return x * jnp.nan
