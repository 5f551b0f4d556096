# expect: INVALID parser
def activation(x):
  return (jnp, jnp)[0].save(x)
