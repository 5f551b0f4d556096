# expect: CRASHED probe
def activation(x):
  return jnp.roll(x, 1, axis=99)
