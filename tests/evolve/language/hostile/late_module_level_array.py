# expect: OVER_BUDGET probe
TABLE = jnp.sin(jnp.ones((10**5, 10**5)))


def activation(x):
  return x + TABLE.sum()
