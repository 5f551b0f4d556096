# expect: CRASHED probe
def activation(x):
  return jnp.sort(x.reshape(3, -1)).reshape(x.shape)
