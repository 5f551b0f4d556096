# expect: INVALID parser
def activation(x):
  return jax.distributed.initialize()
