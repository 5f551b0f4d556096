# expect: INVALID parser
def activation(x):
  for _ in range(x.shape[0]):
    x = jnp.sin(x)
  return x
