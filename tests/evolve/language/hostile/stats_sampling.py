# expect: INVALID parser
def activation(x):
  return jax.scipy.stats.norm.rvs(x)
