# expect: INVALID parser
def activation(x):
  return jax.pure_callback(abs, x, x)
