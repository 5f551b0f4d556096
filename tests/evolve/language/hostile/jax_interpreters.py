# expect: INVALID parser
def activation(x):
  return jax.interpreters.xla
