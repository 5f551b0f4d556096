# expect: INVALID parser
activation = lambda x: jnp.tanh(x)
