"""The scaffold split."""

from tasks.molhiv.data import scaffolds


def test_large_sets_of_scaffolds_train() -> None:
  """Of equal ones, the later; what does not fit goes on to the next split."""
  names = list("aaaaabbccd")
  found = scaffolds.split(names)
  assert found == ["train"] * 5 + ["valid"] * 2 + ["train"] * 3
  assert scaffolds.split(list("aaaaaaaabc")) == ["train"] * 8 + [
    "test",
    "valid",
  ]
