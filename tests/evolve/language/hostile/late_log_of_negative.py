# expect: DIVERGED probe
def activation(x):
  return jnp.log(-1.0 - x**2)
