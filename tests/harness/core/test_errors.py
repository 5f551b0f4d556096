from harness.core.errors import unknown


def test_a_typo_gets_the_nearest_names() -> None:
  error = unknown("activation", "gelusin", ["relu", "gelusine", "gelu", "sin"])
  assert str(error).startswith(
    "unknown activation 'gelusin'; nearest: gelusine"
  )
  assert "relu" not in str(error)


def test_what_resembles_nothing_gets_the_first_names() -> None:
  error = unknown("suite", "zzz", ["lab", "heldout"])
  assert str(error) == "unknown suite 'zzz'; nearest: heldout, lab"


def test_where_there_are_no_names() -> None:
  assert str(unknown("task", "a", [])) == "unknown task 'a'; nearest: none"
