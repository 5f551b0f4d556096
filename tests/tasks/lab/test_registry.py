"""Finding, naming and choosing generators and their tasks."""

import dataclasses
import os
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

import tasks.synthetic
from harness.core.errors import UserError
from tasks.lab import registry
from tasks.lab.generator import Generator
from tasks.lab.regression import Interval, RegressionTask
from tasks.lab.suites import LAB, Suite
from tasks.lab.task import Task
from tests.tasks.lab.own_tasks import write_tasks

LINE = Generator(
  name="line",
  family="lines",
  source="a test",
  draw=lambda rng: RegressionTask(
    inputs={"x": Interval(0, 1)}, function=lambda x: x
  ),
  streams=("lab",),
  tags=("straight",),
)
LABEL = re.escape(LAB.label)

pytestmark = pytest.mark.usefixtures("own_registry")


def _names(chosen: Sequence[Task]) -> list[str]:
  return [task.name for task in chosen]


def test_discovering_again_changes_nothing() -> None:
  before = registry.shipped()
  assert registry.shipped() == before


def test_a_new_file_is_found_without_editing_another(
  tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  write_tasks(tmp_path / "newcomer.py", "newcomer")
  paths = [*tasks.synthetic.__path__, str(tmp_path)]
  monkeypatch.setattr(tasks.synthetic, "__path__", paths)
  assert "newcomer" in _names(registry.select(LAB)[1])


def test_a_name_is_registered_once() -> None:
  registry.register(LINE)
  with pytest.raises(UserError, match=r"'line'.*already registered"):
    registry.register(dataclasses.replace(LINE, family="other"))


def test_an_unknown_generator_gets_the_nearest_names() -> None:
  with pytest.raises(UserError, match="rank"):
    registry.get("rnak")


def test_select_all() -> None:
  label, chosen = registry.select(LAB)
  assert label == LAB.label
  assert _names(chosen) == _names(LAB.tasks(registry.shipped()))


@pytest.mark.parametrize("attribute", ["generator", "family", "tags"])
def test_select_by_generator_family_or_tag(attribute: str) -> None:
  _, everything = registry.select(LAB)
  values = [getattr(task, attribute) for task in everything]
  word = next(v if isinstance(v, str) else v[0] for v in values if v)
  label, chosen = registry.select(LAB, [word])
  having = [t for t, v in zip(everything, values, strict=True) if word in v]
  assert _names(chosen) == _names(having)
  assert label == f"{LAB.label}:{word}"


def test_select_by_name() -> None:
  name = registry.select(LAB)[1][3].name
  assert _names(registry.select(LAB, [name])[1]) == [name]


def test_select_takes_a_task_once() -> None:
  _, chosen = registry.select(LAB, ["polynomials", "dense_polynomial"])
  assert sorted(_names(chosen)) == sorted(set(_names(chosen)))


def test_an_out_of_tree_module_joins_the_suite(
  tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  write_tasks(tmp_path / "their_tasks.py", "their_task")
  monkeypatch.syspath_prepend(tmp_path)
  label, chosen = registry.select(LAB, modules=["their_tasks"])
  assert re.fullmatch(LABEL + r"\+their_tasks@[0-9a-f]{8}", label)
  assert _names(chosen) == [*_names(registry.select(LAB)[1]), "their_task"]


def test_a_file_joins_the_suite_from_any_directory(
  tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  path = write_tasks(tmp_path / "their_file.py", "their_task")
  label, chosen = registry.select(LAB, modules=[path])
  assert re.fullmatch(LABEL + r"\+their_file.py@[0-9a-f]{8}", label)
  assert chosen[-1].name == "their_task"
  assert registry.origin(chosen[-1]) == path
  monkeypatch.chdir(tmp_path)
  for relative in ("their_file.py", os.path.join(".", "their_file.py")):
    again, tasks_again = registry.select(LAB, modules=[relative])
    assert (again, _names(tasks_again)) == (label, _names(chosen))


@pytest.mark.parametrize("stream", ["lab", "fresh", "heldout"])
def test_a_named_module_joins_any_suite(tmp_path: Path, stream: str) -> None:
  path = write_tasks(tmp_path / "their_file.py", "their_task")
  _, chosen = registry.select(Suite(stream, 8), modules=[path])
  assert chosen[-1].name == "their_task"


def test_tasks_stay_out_of_suites_where_their_module_is_not_named(
  tmp_path: Path,
) -> None:
  before = _names(registry.select(LAB)[1])
  path = write_tasks(tmp_path / "their_file.py", "their_task")
  registry.select(LAB, modules=[path])
  assert _names(registry.select(LAB)[1]) == before


def test_a_file_that_has_changed_is_loaded_anew(tmp_path: Path) -> None:
  path = write_tasks(tmp_path / "their_file.py", "one", "two")
  before, _ = registry.select(LAB, ["extra"], [path])
  write_tasks(tmp_path / "their_file.py", "one", "three")
  after, chosen = registry.select(LAB, ["extra"], [path])
  assert _names(chosen) == ["one", "three"]
  assert before != after


def test_a_file_that_failed_can_be_mended(tmp_path: Path) -> None:
  path = write_tasks(tmp_path / "their_file.py", "one")
  with open(path, "a") as file:
    file.write("1 / 0\n")
  with pytest.raises(UserError, match=r"ZeroDivisionError.*\(line \d+\)"):
    registry.load_module(path)
  write_tasks(tmp_path / "their_file.py", "one")
  assert [g.name for g in registry.load_module(path).items] == ["one"]


def test_a_module_defines_a_suite(tmp_path: Path) -> None:
  path = write_tasks(tmp_path / "mine.py", "b", "a", streams='"mine",')
  other = write_tasks(tmp_path / "other.py", "c", streams='"other",')
  mine = Suite.of("mine")
  label, chosen = registry.select(mine, modules=[path, other])
  assert re.fullmatch(r"mine/64/0\+mine.py@\w{8}\+other.py@\w{8}", label)
  assert _names(chosen) == ["a", "b"]
  with pytest.raises(UserError, match="unknown suite 'mine'; nearest: "):
    registry.select(mine, modules=[other])


def test_streams_are_a_tuple() -> None:
  with pytest.raises(UserError, match=r"as in streams=\('mine',\)"):
    registry.register(dataclasses.replace(LINE, streams="mine"))


def test_an_out_of_tree_module_cannot_replace_a_generator(
  tmp_path: Path,
) -> None:
  path = write_tasks(tmp_path / "clashing.py", "dense_polynomial")
  with pytest.raises(UserError, match=r"clashing\.py is already registered by"):
    registry.load_module(path)


@pytest.mark.parametrize(
  ("text", "message"),
  [("", "registers no generator"), ("1 / 0", "ZeroDivisionError")],
)
def test_a_bad_module_is_named(tmp_path: Path, text: str, message: str) -> None:
  path = tmp_path / "bad.py"
  path.write_text(text)
  with pytest.raises(UserError, match=f"{path}'.*{message}"):
    registry.load_module(str(path))
