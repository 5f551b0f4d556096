# expect: INVALID parser
def activation(x):
  jnp.tanh(x)
  return x
