# expect: INVALID probe
def activation(x):
  return jnp.tanh
