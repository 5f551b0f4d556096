"""Rules for algorithms: all of ours keep them, one that does not is told."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from harness.core.errors import UserError
from tasks.clrs30 import conformance
from tasks.clrs30.own_algorithm import Instance
from tasks.clrs30.registry import BEYOND, UPSTREAM, by_category, get
from tasks.clrs30.trace import Trace
from tests.tasks.clrs30 import own

RNG = np.random.RandomState(0)


@pytest.mark.parametrize(
  "name",
  [
    *by_category()[BEYOND],
    "bfs",
    *(
      pytest.param(name, marks=pytest.mark.slow)
      for name in UPSTREAM
      if name != "bfs"
    ),
  ],
)
def test_all_of_ours_keep_every_rule(name: str) -> None:
  found = dict(conformance.examine(get(name)))
  assert len(found) == 1 + len(conformance.RULES)
  assert {rule: flaws for rule, flaws in found.items() if flaws} == {}


def _once(trace: Trace, key: np.ndarray) -> None:
  """Gives one set of hints."""
  trace.inputs(key=key)
  trace.hints(i=0, best_h=np.zeros(len(key)))
  trace.outputs(best=key.argmax())


def _phases(rng: np.random.RandomState, n: int) -> Instance:
  return rng.uniform(size=n), rng.randint(2, 4)


def _by_phase(trace: Trace, key: np.ndarray, phases: int) -> None:
  """Has as many categories as the instance says."""
  trace.inputs(key=key, phase=np.eye(phases)[0])
  for i in range(2):
    trace.hints(i=i, best_h=np.zeros(len(key)))
  trace.outputs(best=key.argmax())


def _hidden(rng: np.random.RandomState, n: int) -> Instance:
  return rng.uniform(size=n), rng.uniform(size=n)


def _by_hidden(trace: Trace, key: np.ndarray, hidden: np.ndarray) -> None:
  """Gives an output that no input decides."""
  trace.inputs(key=key)
  for i in range(2):
    trace.hints(i=i, best_h=np.zeros(len(key)))
  trace.outputs(best=hidden.argmax())


PHASES = own.SPEC | {"phase": ("input", "graph", "categorical")}


@pytest.mark.parametrize(
  ("changes", "rule", "line"),
  [
    (
      {"draw": lambda rng, n: (RNG.uniform(size=n),)},
      "draws keyed by the generator",
      "draw returns two instances for the same rng; draw all from it",
    ),
    (
      {"draw_training": lambda rng, n: (np.arange(n),)},
      "draws keyed by the generator",
      "draw_training returns the same instance for any rng; draw from it",
    ),
    (
      {"run": lambda t, key: own.run(t, key, best=RNG.randint(len(key)))},
      "runs that repeat",
      "two runs on an instance differ; draw whatever is random in draw",
    ),
    (
      {"run": _once},
      "steps to predict",
      "runs give hints once; give them before the first step and after each",
    ),
    (
      {"spec": PHASES, "draw": _phases, "run": _by_phase},
      "the same categories always",
      "input 'phase' has 2 to 3 categories; give it the same number in all",
    ),
    (
      {"run": lambda trace, key: own.run(trace, key, best=0)},
      "outputs that vary",
      "output 'best' is the same in 32 instances of 11 nodes; let it depend on",
    ),
    (
      {"draw": _hidden, "run": _by_hidden},
      "targets that inputs decide",
      "part 2 of what draw returns changes targets, but no input and no first",
    ),
    (
      {"run": lambda trace, key: 1 / 0},
      "runs that follow the specification",
      "run fails, ZeroDivisionError: division by zero",
    ),
  ],
)
def test_a_flaw_gets_a_line(
  changes: dict[str, Any], rule: str, line: str
) -> None:
  found = dict(conformance.examine(own.largest(**changes)))
  (flaw,) = found[rule]
  assert flaw.startswith(line)


@pytest.fixture
def flawed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
  """An algorithm that looks like one of a user's module."""
  monkeypatch.setattr(
    conformance.registry, "is_own", lambda a: a.name == "largest"
  )
  return own.largest(run=_once)


def test_those_of_users_are_checked_before_a_run(flawed: Any) -> None:
  conformance.check_own([own.largest(name="ours", run=_once)])
  with pytest.raises(UserError, match=r"^algorithm 'largest': runs give"):
    conformance.check_own([own.largest(), flawed])


def test_a_line_for_each_rule(
  flawed: Any, capsys: pytest.CaptureFixture[str]
) -> None:
  with pytest.raises(UserError, match=r"^1 of 14 checks failed"):
    conformance.check_algorithms([own.largest(), flawed])
  lines = capsys.readouterr().out.splitlines()
  assert len(lines) == 14
  assert lines[0] == "ok   largest: runs that follow the specification"
  assert lines[10].startswith("FAIL largest: steps to predict: runs give hints")
