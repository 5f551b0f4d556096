# expect: OVER_BUDGET probe
def activation(x):
  return x + jnp.sum(jnp.sin(jnp.arange(10**9)))
