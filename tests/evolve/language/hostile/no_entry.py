# expect: INVALID parser
def swish(x):
  return x * jax.nn.sigmoid(x)
