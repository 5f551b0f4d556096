"""Finding, naming and choosing tasks."""

import dataclasses
import os
import re

import pytest

import tasks.synthetic
from harness.core.errors import UserError
from tasks.lab import registry
from tasks.lab.regression import Interval, RegressionTask
from tests.tasks.lab.own_tasks import write_tasks

LINE = RegressionTask(
  name="line",
  family="lines",
  source="a test",
  suites=("lab@1",),
  inputs={"x": Interval(0, 1)},
  function=lambda x: x,
  tags=("straight",),
)

pytestmark = pytest.mark.usefixtures("own_registry")


def _names(chosen):
  return [task.name for task in chosen]


def test_discovering_again_changes_nothing():
  before = dict(registry._tasks)
  registry.discover()
  assert registry._tasks == before


def test_a_new_file_is_found_without_editing_another(tmp_path, monkeypatch):
  write_tasks(tmp_path / "fresh.py", "fresh_task", suites='"lab@1",')
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
  write_tasks(tmp_path / "their_tasks.py", "their_task")
  monkeypatch.syspath_prepend(tmp_path)
  label, chosen = registry.select("lab", modules=["their_tasks"])
  assert re.fullmatch(r"lab@1\+their_tasks@[0-9a-f]{8}", label)
  assert _names(chosen) == [*_names(registry.of_suite("lab")), "their_task"]


def test_a_file_joins_the_suite_from_any_directory(tmp_path, monkeypatch):
  path = write_tasks(tmp_path / "their_file.py", "their_task")
  label, chosen = registry.select("lab", modules=[path])
  assert re.fullmatch(r"lab@1\+their_file.py@[0-9a-f]{8}", label)
  assert chosen[-1].name == "their_task"
  assert registry.origin(chosen[-1]) == path
  monkeypatch.chdir(tmp_path)
  for relative in ("their_file.py", os.path.join(".", "their_file.py")):
    assert registry.select("lab", modules=[relative]) == (label, chosen)


def test_tasks_stay_out_of_suites_where_their_module_is_not_named(tmp_path):
  before = registry.select("lab")
  path = write_tasks(
    tmp_path / "their_file.py", "their_task", suites='"lab@1",'
  )
  registry.select("lab", modules=[path])
  assert registry.select("lab") == before
  assert "their_task" not in _names(registry.with_tag("extra"))


def test_a_file_that_has_changed_is_loaded_anew(tmp_path):
  path = write_tasks(tmp_path / "their_file.py", "one", "two")
  before, _ = registry.select("lab", ["extra"], [path])
  write_tasks(tmp_path / "their_file.py", "one", "three")
  after, chosen = registry.select("lab", ["extra"], [path])
  assert _names(chosen) == ["one", "three"]
  assert before != after


def test_a_file_that_failed_can_be_mended(tmp_path):
  path = write_tasks(tmp_path / "their_file.py", "one")
  with open(path, "a") as file:
    file.write("1 / 0\n")
  with pytest.raises(UserError, match=r"ZeroDivisionError.*\(line \d+\)"):
    registry.load_module(path)
  write_tasks(tmp_path / "their_file.py", "one")
  assert _names(registry.load_module(path).tasks) == ["one"]


def test_a_module_defines_a_suite(tmp_path):
  path = write_tasks(tmp_path / "mine.py", "b", "a", suites='"mine@3",')
  other = write_tasks(tmp_path / "other.py", "c", suites='"other@1",')
  for suite in ("mine", "mine@3"):
    label, chosen = registry.select(suite, modules=[path, other])
    assert re.fullmatch(r"mine@3\+mine.py@\w{8}\+other.py@\w{8}", label)
    assert _names(chosen) == ["a", "b"]
  with pytest.raises(UserError, match="unknown suite 'mine'; nearest: "):
    registry.select("mine", modules=[other])


def test_a_suite_in_two_versions_is_ambiguous(tmp_path):
  path = write_tasks(tmp_path / "mine.py", "a", suites='"mine@1", "mine@2"')
  with pytest.raises(UserError, match=r"which suite 'mine': mine@1 or mine@2"):
    registry.select("mine", modules=[path])
  label, _ = registry.select("mine@2", modules=[path])
  assert label.startswith("mine@2+")


def test_suites_are_a_tuple():
  task = dataclasses.replace(LINE, suites="mine@1")
  with pytest.raises(UserError, match=r"as in suites=\('mine@1',\)"):
    registry.register(task)


def test_an_out_of_tree_module_cannot_replace_a_task(tmp_path):
  path = write_tasks(tmp_path / "clashing.py", "polynomial_cubic")
  with pytest.raises(UserError, match=r"clashing\.py is already registered by"):
    registry.load_module(path)


@pytest.mark.parametrize(
  ("text", "message"),
  [("", "registers no task"), ("1 / 0", "ZeroDivisionError")],
)
def test_a_bad_module_is_named(tmp_path, text, message):
  path = tmp_path / "bad.py"
  path.write_text(text)
  with pytest.raises(UserError, match=f"{path}'.*{message}"):
    registry.load_module(str(path))
