# expect: INVALID parser
def f(y, n=3):
  for _ in range(n):
    y = jnp.sin(y)
  return y


def activation(x):
  return f(x, 10**9)
