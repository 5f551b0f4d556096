# expect: INVALID parser
@partial(print('hello') or jax.jit)
def activation(x):
  return x
