# expect: INVALID parser
def activation(x):
  for _ in range(1000):
    for _ in range(1000):
      x = jnp.sin(x)
  return x
