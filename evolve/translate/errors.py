"""The one error of the exports."""


class TranslationError(ValueError):
  """Something of a program that an export has no counterpart for.

  Attributes:
    construct: what that is, as `jnp.fft.fft2`.
    target: the library it was to be written for, as `PyTorch`.
  """

  def __init__(self, construct: str, target: str):
    super().__init__(
      f"{construct} has no counterpart in this export to {target}"
    )
    self.construct = construct
    self.target = target


def short(path: str) -> str:
  """A dotted path as programs write it: `jnp.sin` for `jax.numpy.sin`."""
  for module, alias in (("jax.numpy", "jnp"), ("jax.lax", "lax")):
    if path.startswith(module + "."):
      return alias + path.removeprefix(module)
  return path.removeprefix("builtins.")
