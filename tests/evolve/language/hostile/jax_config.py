# expect: INVALID parser
def activation(x):
  return jax.config.update('jax_enable_x64', True)
