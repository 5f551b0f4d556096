# expect: INVALID parser
def activation(x):
  with jax.disable_jit():
    return x
