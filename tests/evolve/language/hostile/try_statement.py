# expect: INVALID parser
def activation(x):
  try:
    return jnp.tanh(x)
  except Exception:
    return x
