# expect: INVALID parser
def activation(x):
  return jax.jit(jnp.tanh)(x)
