# expect: INVALID parser
def activation(x):
  return jnp.where.__globals__['__builtins__']
