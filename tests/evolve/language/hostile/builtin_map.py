# expect: INVALID parser
def activation(x):
  return sum(map(jnp.tanh, (x, x)))
