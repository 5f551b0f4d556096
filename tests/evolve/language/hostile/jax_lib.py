# expect: INVALID parser
def activation(x):
  return jax.lib.xla_client
