# expect: INVALID parser
def activation(x):
  return x * jax.process_index()
