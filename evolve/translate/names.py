"""Tables of names, written as text."""


def pairs(names: str) -> dict[str, str]:
  """New names by old ones, from text: `old:new`, or one name if both are it."""
  split = (name.partition(":") for name in names.split())
  return {old: new or old for old, _, new in split}


def named(module: str, library: str, names: str) -> dict[str, str]:
  """A table of functions.

  Args:
    module: the path of their module in the language.
    library: what stands before their new names.
    names: as those of `pairs`.

  Returns:
    The new names by the paths of the old ones.
  """
  return {f"{module}.{old}": library + new for old, new in pairs(names).items()}
