# expect: INVALID parser
def activation(x):
  return jnp.fromfile('/etc/passwd')
