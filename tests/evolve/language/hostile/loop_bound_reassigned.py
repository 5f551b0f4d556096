# expect: INVALID parser
def activation(x):
  n = 3
  n = 10**9
  for _ in range(n):
    x = jnp.sin(x)
  return x
