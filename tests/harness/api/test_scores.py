"""Records as tables."""

from typing import Any

from harness.api.scores import Scores


def _record(name: str, value: float | None, **changes: Any) -> dict[str, Any]:
  known = value is not None
  return {
    "activation": name,
    "value": value,
    "value_ci95": [0.25, 0.75] if known else None,
    "scores": {"a_task": value} if known else {},
    "skill": 0.625 if known else None,
    "id_scores": {"a_task": 0.5, "another": 1.0} if known else {},
    "status": "OK" if known else "INVALID",
    "feedback": "fine" if known else "returns <nothing>",
    "pointwise": True,
    "flops": 1.0,
    "memory": 1.0,
    "seconds": 2.0,
    **changes,
  }


SCORES = Scores([_record("<lambda>", 0.5), _record("b", None)], "on a suite")


def test_a_table_as_text() -> None:
  assert repr(SCORES) == (
    "on a suite\n"
    "activation  value  95% CI          OOD skill  ID skill  status\n"
    "<lambda>    0.500  0.250 to 0.750  0.625      0.750     OK\n"
    "b           -      -               -          -         INVALID\n"
    "b: INVALID: returns <nothing>"
  )


def test_a_table_in_a_notebook_is_escaped() -> None:
  page = SCORES._repr_html_()
  assert "<td>&lt;lambda&gt;</td><td>0.500</td><td>0.250 to 0.750</td>" in page
  assert "<p>b: INVALID: returns &lt;nothing&gt;</p>" in page
  assert "<lambda>" not in page


def test_a_frame() -> None:
  frame = SCORES.to_frame()
  assert list(frame["activation"]) == ["<lambda>", "b"]
  columns = ["value_low", "ood_skill", "id_skill", "a_task"]
  assert frame.loc[0, columns].tolist() == [
    0.25, 0.625, 0.75, 0.5,
  ]  # fmt: skip
  assert frame.loc[1, ["value", "a_task"]].isna().all()


def test_a_sequence() -> None:
  assert (len(SCORES), SCORES[0]["activation"]) == (2, "<lambda>")
  assert [r["activation"] for r in SCORES[1:]] == ["b"]
