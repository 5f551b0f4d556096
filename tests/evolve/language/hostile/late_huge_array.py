# expect: OVER_BUDGET probe
def activation(x):
  return x + jnp.ones((10**5, 10**5)).sum()
