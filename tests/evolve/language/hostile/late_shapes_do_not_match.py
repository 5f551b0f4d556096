# expect: CRASHED probe
def activation(x):
  return x + jnp.ones(12345)
