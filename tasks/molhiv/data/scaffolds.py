"""The scaffold split of MoleculeNet, as ogbg-molhiv has it.

Wu et al., arXiv 1703.00564: molecules with one scaffold stay together, and
those of the larger sets train.
"""

from collections.abc import Sequence

_TRAIN, _VALID = 0.8, 0.9  # Shares of the molecules up to the ends of splits.


def split(scaffolds: Sequence[str]) -> list[str]:
  """The split of each molecule, given the scaffold of each.

  Sets go by size, then by the number of their first molecule, the greatest
  first, each to the first split that has room for all of it.
  """
  sets: dict[str, list[int]] = {}
  for index, scaffold in enumerate(scaffolds):
    sets.setdefault(scaffold, []).append(index)
  found = ["test"] * len(scaffolds)
  num_train = num_valid = 0
  for members in sorted(
    sets.values(), key=lambda m: (len(m), m[0]), reverse=True
  ):
    if num_train + len(members) <= _TRAIN * len(scaffolds):
      name, num_train = "train", num_train + len(members)
    elif num_train + num_valid + len(members) <= _VALID * len(scaffolds):
      name, num_valid = "valid", num_valid + len(members)
    else:
      continue
    for index in members:
      found[index] = name
  return found
