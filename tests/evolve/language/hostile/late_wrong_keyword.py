# expect: CRASHED probe
def activation(x):
  return jnp.tanh(x, slope=2.0)
