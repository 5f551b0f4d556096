"""Short names of activations."""

import pytest

from harness.core.naming import short_names


@pytest.mark.parametrize(
  ("given", "short"),
  [
    (["relu", "runs/evolved/best.py"], ["relu", "best"]),
    (
      ["runs/evolved/best.py", "runs/other/best.py", "other.py"],
      ["evolved/best", "other/best", "other"],
    ),
    (["a/x/best.py", "b/x/best.py"], ["a/x/best", "b/x/best"]),
    # One has no folder that could tell it from the other.
    (["gelu", "my/gelu.py"], ["gelu", "my/gelu"]),
    (["best.py", "runs/best.py"], ["best", "runs/best"]),
    (["gelu", "gelu.py"], ["gelu", "gelu.py"]),
    (["best.py", "./best.py"], ["best.py", "./best.py"]),
    (["evolved/best"], ["evolved/best"]),  # A name on a page.
    (["my/gelu.py:layer", "my/gelu.py"], ["gelu:layer", "gelu"]),
    (["a/gelu.py:layer", "b/gelu.py:layer"], ["a/gelu:layer", "b/gelu:layer"]),
    (["prelu:channel"], ["prelu:channel"]),
    ([], []),
  ],
)
def test_files_go_by_their_stem_made_unique(
  given: list[str], short: list[str]
) -> None:
  assert short_names(given) == dict(zip(given, short, strict=True))
