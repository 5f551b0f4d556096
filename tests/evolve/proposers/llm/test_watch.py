"""Answers that say nothing are told at once, and end the run if most do."""

import pytest

from evolve.proposers.llm.calls import CUT, GAVE_UP, REFUSED, Reply
from evolve.proposers.llm.models import Model
from evolve.proposers.llm.watch import Watch
from harness.core.errors import UserError

_MODEL = Model("m", "http://localhost:1/v1")
_GOOD = Reply("x * x", "stop")
_SILENT = Reply("", CUT)


def _take(watch: Watch, *replies: Reply) -> None:
  for reply in replies:
    watch.take(_MODEL, reply)


def test_an_ordinary_answer_is_no_news(log: list[str]) -> None:
  _take(Watch(100), *[_GOOD] * 20)
  assert log == []


def test_the_first_answer_of_each_kind_is_told(log: list[str]) -> None:
  watch = Watch(100)
  _take(watch, *[_GOOD] * 20)
  for reply in (_SILENT, Reply(None, REFUSED, "400: No."), Reply(" ", "stop")):
    _take(watch, reply, reply)
  assert len(log) == 3
  cut = "m: an answer was cut before it said anything by --llm_max_answer=100"
  assert cut in log[0]
  assert "refused (400: No.)" in log[1]
  assert "was empty, though it was not cut" in log[2]
  watch.take(Model("n", _MODEL.base_url), Reply("def act", CUT))
  assert "n: an answer was cut before its end by --llm_max_answer=" in log[3]


@pytest.mark.parametrize(
  ("reply", "said"),
  [
    (_SILENT, r"5 were cut by --llm_max_answer=100: raise it.* --resume"),
    (Reply("<think>Hm", CUT), "5 were cut by --llm_max_answer=100"),
    (Reply(None, REFUSED, "400: No."), "refused by a content filter: ask anot"),
    (Reply("", "stop"), "were empty: see what the server answers"),
  ],
)
def test_five_silent_answers_end_the_run(reply: Reply, said: str) -> None:
  watch = Watch(100)
  _take(watch, *[reply] * 4)
  with pytest.raises(UserError, match=f"^5 of 5 answers .*{said}") as caught:
    _take(watch, reply)
  assert "\n" not in str(caught.value)


def test_a_model_that_mostly_answers_goes_on() -> None:
  watch = Watch(100)
  _take(watch, _GOOD)
  _take(watch, *[_SILENT] * 8)
  with pytest.raises(UserError, match=r"^9 of 10 answers"):
    _take(watch, _SILENT)


def test_failed_calls_are_no_answers(log: list[str]) -> None:
  _take(Watch(100), *[Reply(None, GAVE_UP, "500: busy")] * 20)
  assert log == []
