# expect: INVALID parser
@jax.jit
def activation(x):
  return x
