# expect: INVALID parser
def activation(x):
  return x.at[0].apply(jnp.tanh)
