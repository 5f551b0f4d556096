"""Mistakes in the arguments of an evaluation."""

from typing import Any

import pytest

import harness


@pytest.mark.parametrize(
  ("activations", "options", "message"),
  [
    (["gelusin"], {}, "unknown activation 'gelusin'; nearest: gelusine"),
    (["absent.py"], {}, r"can't read activation absent\.py: No such file"),
    ([3], {}, "3 is no activation; give a function, a name"),
    ([], {}, "no activation given; e.g. evaluate"),
    ("relu", {"suite": "labb"}, "unknown suite 'labb'; nearest: lab"),
    ("relu", {"tasks": "cubic"}, "unknown task of lab@2/64/0 'cubic'"),
    ("relu", {"task_modules": "absent.py"}, "can't read task module absent"),
  ],
)
def test_a_mistake_is_one_line(
  activations: Any, options: dict[str, Any], message: str
) -> None:
  with pytest.raises(harness.UserError, match=message) as failed:
    harness.evaluate(activations, **options)
  assert "\n" not in str(failed.value)


def test_a_file_that_is_refused_is_not_loaded(tmp_path: Any) -> None:
  path = tmp_path / "wrong.py"
  path.write_text("import os\ndef activation(x):\n  return x\n")
  with pytest.raises(harness.UserError, match=r"wrong\.py is refused: INVALID"):
    harness.load(path)


def test_an_unknown_name_is_no_attribute() -> None:
  with pytest.raises(AttributeError, match="no attribute 'evaluat'"):
    harness.evaluat  # noqa: B018
  assert {"evaluate", "load", "list_tasks"} <= set(dir(harness))


def test_an_unknown_sharing_of_parameters_is_named() -> None:
  with pytest.raises(harness.UserError, match="nearest: channel, frozen"):
    harness.evaluate("prelu", parameters="each")
