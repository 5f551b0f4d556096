"""Finding, naming and choosing algorithms, those of users among them."""

import pickle
import re
from pathlib import Path

import pytest

import tasks.clrs30.beyond
from harness.core import user_module
from harness.core.errors import UserError
from tasks.clrs30 import registry
from tasks.clrs30.algorithms import ALGORITHMS
from tasks.clrs30.registry import BEYOND, by_category, get, select
from tests.tasks.clrs30 import own

pytestmark = pytest.mark.usefixtures("own_registry")


def _names(names: list[str], *modules: str) -> list[str]:
  return [algorithm.name for algorithm in select(names, modules)]


@pytest.mark.parametrize(
  ("names", "expected"),
  [
    (["bfs"], ["bfs"]),
    (["minimum", "bfs", "minimum"], ["bfs", "minimum"]),
    (["greedy"], ["activity_selector", "task_scheduling"]),
    (
      ["sorting", "divide_and_conquer", "heapsort"],
      [
        "bubble_sort",
        "find_maximum_subarray_kadane",
        "heapsort",
        "insertion_sort",
        "quicksort",
      ],
    ),
    (["strings", "all"], list(ALGORITHMS)),
    (["eccentricity", "bfs"], ["bfs", "eccentricity"]),
    (
      ["beyond"],
      [
        "eccentricity",
        "longest_increasing_subsequence",
        "maximal_independent_set",
      ],
    ),
  ],
)
def test_names_and_categories_select_algorithms(
  names: list[str], expected: list[str]
) -> None:
  assert _names(names) == expected


@pytest.mark.parametrize(
  ("typo", "near"),
  [
    ("bsf", "bfs"),
    ("graph", "graphs"),
    ("heap_sort", "heapsort"),
    ("eccentricty", "eccentricity"),
  ],
)
def test_the_error_for_a_typo_names_the_nearest(typo: str, near: str) -> None:
  with pytest.raises(
    UserError, match=f"unknown algorithm '{typo}'; nearest: {near}"
  ):
    select(["bfs", typo])


def test_the_error_for_no_name_gives_an_example() -> None:
  with pytest.raises(UserError, match="--algorithms=bfs,sorting"):
    select([])


def test_a_new_file_is_found_without_editing_another(
  tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  own.write_algorithms(tmp_path / "newcomer.py", "newcomer")
  paths = [*tasks.clrs30.beyond.__path__, str(tmp_path)]
  monkeypatch.setattr(tasks.clrs30.beyond, "__path__", paths)
  assert "newcomer" in by_category()[BEYOND]


def test_a_module_adds_its_own(tmp_path: Path) -> None:
  path = own.write_algorithms(tmp_path / "mine.py", "b", "a")
  assert _names([], path) == ["b", "a"]
  assert _names(["a", "bfs"], path) == ["bfs", "a"]
  assert "a" not in by_category()[BEYOND]
  assert list(by_category([path])[path]) == ["b", "a"]
  with pytest.raises(UserError, match="unknown algorithm 'a'"):
    select(["a"])


def test_a_label_tells_texts_apart(tmp_path: Path) -> None:
  path = own.write_algorithms(tmp_path / "mine.py", "a")
  (before,) = select([], [path])
  assert re.fullmatch(r"mine\.py@[0-9a-f]{8}", before.label)
  assert before.folder == f"a@{before.label[-8:]}"
  own.write_algorithms(tmp_path / "mine.py", "a", "c")
  after, _ = select([], [path])
  assert after.folder != before.folder
  assert (get("bfs").label, get("bfs").folder) == ("", "bfs")


def test_another_process_has_the_same_text(
  tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  path = own.write_algorithms(tmp_path / "mine.py", "a")
  (algorithm,) = select([], [path])
  sent = pickle.dumps(registry.reference(algorithm))
  monkeypatch.setattr(registry._registry, "additions", {})
  monkeypatch.delitem(registry._registry.items, "a")
  monkeypatch.setattr(user_module, "_loaded", {})
  assert registry.resolve(pickle.loads(sent)).label == algorithm.label
  own.write_algorithms(tmp_path / "mine.py", "a", "c")
  with pytest.raises(UserError, match=r"^mine\.py has changed since the run"):
    registry.resolve(pickle.loads(sent))


def test_those_that_ship_need_no_module() -> None:
  for name in ("bfs", "eccentricity"):
    reference = registry.reference(get(name))
    assert (reference.module, registry.is_own(get(name))) == ("", False)
    assert registry.resolve(reference) is get(name)


@pytest.mark.parametrize(
  ("text", "line"),
  [
    ("", r"^algorithm module '.*mine\.py' registers no algorithm$"),
    ("1 / 0", r"^algorithm module '.*' does not import: ZeroDiv.* \(line 1\)$"),
    ("import not_there", "' does not import: ModuleNotFoundError: No module"),
    ("def", r"' does not import: SyntaxError: "),
  ],
)
def test_a_bad_module_is_named(tmp_path: Path, text: str, line: str) -> None:
  path = tmp_path / "mine.py"
  path.write_text(text)
  with pytest.raises(UserError, match=line):
    select([], [str(path)])
  with pytest.raises(UserError, match=r"can't read algorithm module .*absent"):
    select([], [str(tmp_path / "absent.py")])


def test_two_algorithms_of_one_name_are_told_apart(tmp_path: Path) -> None:
  """Nothing of the second module stays."""
  first = own.write_algorithms(tmp_path / "first.py", "a")
  second = own.write_algorithms(tmp_path / "second.py", "b", "a")
  line = f"^algorithm 'a' of {second} is already registered by {first}; give it"
  with pytest.raises(UserError, match=line):
    select([], [first, second])
  assert _names([], own.write_algorithms(tmp_path / "third.py", "b")) == ["b"]


@pytest.mark.parametrize(
  ("name", "line"),
  [
    ("bfs", "is already registered by dm-clrs; give it another name"),
    (
      "eccentricity",
      r"is already registered by .*/beyond/eccentricity\.py; give it",
    ),
    ("graphs", "has the name of a category; give it another name"),
    ("all", "has the name of a category"),
  ],
)
def test_names_of_ours_are_taken(tmp_path: Path, name: str, line: str) -> None:
  path = own.write_algorithms(tmp_path / "mine.py", name)
  with pytest.raises(UserError, match=f"^algorithm '{name}' of {path} {line}"):
    select([], [path])


def test_a_module_that_is_named_is_used(tmp_path: Path) -> None:
  path = own.write_algorithms(tmp_path / "mine.py", "a", "b")
  line = f"none of what --algorithm_module={path} adds; name some of a, b$"
  with pytest.raises(UserError, match=line):
    select(["bfs"], [path])
