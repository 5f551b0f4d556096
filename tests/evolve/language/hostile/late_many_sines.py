# expect: OVER_BUDGET probe
def activation(x):
  for _ in range(1000):
    x = jnp.sin(x) + jnp.cos(x)
  return x
