"""Finding, naming and choosing tasks."""

import dataclasses
import sys

import pytest

import tasks.synthetic
from harness.core.errors import UserError
from tasks.lab import registry
from tasks.lab.regression import Interval, RegressionTask

LINE = RegressionTask(
  name="line",
  family="lines",
  source="a test",
  suites=("lab@1",),
  inputs={"x": Interval(0, 1)},
  function=lambda x: x,
  tags=("straight",),
)

TASK_FILE = """
from tasks.lab.registry import register
from tasks.lab.regression import Interval, RegressionTask

register(
  RegressionTask(
    name="{name}",
    family="extra",
    source="a test",
    suites=({suites}),
    inputs={{"x": Interval(0, 1)}},
    function=lambda x: x,
  )
)
"""


@pytest.fixture(autouse=True)
def own_registry(monkeypatch):
  """Removes the tasks and modules of a test after it."""
  registry.discover()
  monkeypatch.setattr(registry, "_tasks", dict(registry._tasks))
  known = set(sys.modules)
  yield
  for name in set(sys.modules) - known:
    del sys.modules[name]


def _names(chosen):
  return [task.name for task in chosen]


def test_discovering_again_changes_nothing():
  before = dict(registry._tasks)
  registry.discover()
  assert registry._tasks == before


def test_a_new_file_is_found_without_editing_another(tmp_path, monkeypatch):
  (tmp_path / "fresh.py").write_text(
    TASK_FILE.format(name="fresh_task", suites='"lab@1",')
  )
  paths = [*tasks.synthetic.__path__, str(tmp_path)]
  monkeypatch.setattr(tasks.synthetic, "__path__", paths)
  assert "fresh_task" in _names(registry.of_suite("lab"))


def test_a_name_is_registered_once():
  registry.register(LINE)
  with pytest.raises(UserError, match=r"'line'.*already registered"):
    registry.register(dataclasses.replace(LINE, family="other"))


def test_an_unknown_task_gets_the_nearest_names():
  with pytest.raises(UserError, match="polynomial_cubic"):
    registry.get("polynomial_cubik")


def test_suites_are_known_with_and_without_version():
  assert registry.of_suite("lab") == registry.of_suite("lab@1")
  with pytest.raises(UserError, match="unknown suite 'lab@0'"):
    registry.of_suite("lab@0")


def test_lab_and_heldout_share_no_task():
  lab = {t.name for t in registry.of_suite("lab")}
  assert not lab & {t.name for t in registry.of_suite("heldout")}


def test_select_all():
  label, chosen = registry.select("lab")
  assert label == "lab@1"
  assert chosen == registry.of_suite("lab")


@pytest.mark.parametrize("word", ["line", "lines", "straight"])
def test_select_by_name_family_or_tag(word):
  registry.register(LINE)
  label, chosen = registry.select("lab", [word])
  assert chosen == [LINE]
  assert label == f"lab@1:{word}"


def test_select_takes_a_task_once():
  _, chosen = registry.select("lab", ["polynomials", "polynomial_cubic"])
  assert sorted(_names(chosen)) == sorted(set(_names(chosen)))


def test_a_task_of_another_suite_is_not_selected():
  with pytest.raises(UserError, match="unknown task of heldout@1"):
    registry.select("heldout", ["polynomial_cubic"])


def test_an_out_of_tree_module_joins_the_suite(tmp_path, monkeypatch):
  (tmp_path / "their_tasks.py").write_text(
    TASK_FILE.format(name="their_task", suites="")
  )
  monkeypatch.syspath_prepend(tmp_path)
  label, chosen = registry.select("lab", modules=["their_tasks"])
  assert label == "lab@1+their_tasks"
  assert _names(chosen) == [*_names(registry.of_suite("lab")), "their_task"]


def test_an_out_of_tree_module_cannot_replace_a_task(tmp_path, monkeypatch):
  (tmp_path / "clashing_tasks.py").write_text(
    TASK_FILE.format(name="polynomial_cubic", suites="")
  )
  monkeypatch.syspath_prepend(tmp_path)
  with pytest.raises(UserError, match="already registered"):
    registry.load_module("clashing_tasks")


@pytest.mark.parametrize(
  ("name", "text", "message"),
  [
    ("empty_tasks", "", "registers no task"),
    ("broken_tasks", "1 / 0", "ZeroDivisionError"),
  ],
)
def test_a_bad_module_is_named(tmp_path, monkeypatch, name, text, message):
  (tmp_path / f"{name}.py").write_text(text)
  monkeypatch.syspath_prepend(tmp_path)
  with pytest.raises(UserError, match=f"'{name}'.*{message}"):
    registry.load_module(name)
