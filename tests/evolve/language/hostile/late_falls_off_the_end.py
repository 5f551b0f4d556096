# expect: INVALID probe
def activation(x):
  y = jnp.tanh(x)
