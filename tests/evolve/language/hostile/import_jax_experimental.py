# expect: INVALID parser
from jax.experimental import io_callback


def activation(x):
  return io_callback(abs, x, x)
