# expect: INVALID probe
def activation(x):
  return jnp.fft.fft(x)
