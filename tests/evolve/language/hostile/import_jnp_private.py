# expect: INVALID parser
from jnp import save


def activation(x):
  save('/tmp/owned', x)
  return x
