from harness.core.errors import unknown


def test_a_typo_gets_the_nearest_names() -> None:
  error = unknown("activation", "gelusin", ["relu", "gelusine", "gelu", "sin"])
  assert str(error).startswith(
    "unknown activation 'gelusin'; nearest: gelusine"
  )
  assert "relu" not in str(error)


def test_a_name_like_no_other_gets_the_first_names() -> None:
  error = unknown("suite", "zzz", ["lab", "heldout"])
  assert str(error) == "unknown suite 'zzz'; nearest: heldout, lab"


def test_without_known_names_none_is_suggested() -> None:
  assert str(unknown("task", "a", [])) == "unknown task 'a'; nearest: none"
