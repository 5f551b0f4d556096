# expect: INVALID parser
@jax.jit(static_argnames=print('hello'))
def activation(x):
  return x
