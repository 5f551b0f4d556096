# expect: OVER_BUDGET probe
def activation(x):
  y = x.ravel()[:, None] * jnp.ones((1, 10**6))
  return x + y.sum()
