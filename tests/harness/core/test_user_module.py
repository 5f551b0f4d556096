"""Modules and files of a user's own."""

import sys
from pathlib import Path

import pytest

from harness.core import user_module
from harness.core.errors import UserError


@pytest.fixture(autouse=True)
def own_modules(monkeypatch: pytest.MonkeyPatch) -> None:
  """Forgets the files of a test after it."""
  monkeypatch.setattr(user_module, "_loaded", {})
  monkeypatch.setattr(sys, "modules", dict(sys.modules))
  monkeypatch.setattr(sys, "path", list(sys.path))


def test_a_file_is_loaded_once_until_its_text_changes(tmp_path: Path) -> None:
  path = tmp_path / "mine.py"
  path.write_text("STATE = []")
  first = user_module.load(str(path), "objective")
  assert user_module.load(str(path), "objective") is first
  path.write_text("STATE = [1]")
  second = user_module.load(str(path), "objective")
  assert (first.module.STATE, second.module.STATE) == ([], [1])
  assert first.label.partition("@")[0] == second.label.partition("@")[0]
  assert first.label != second.label


def test_a_file_imports_what_lies_beside_it_and_has_classes(
  tmp_path: Path,
) -> None:
  (tmp_path / "beside_mine.py").write_text("ANSWER = 42")
  (tmp_path / "mine.py").write_text(
    "from __future__ import annotations\n"
    "import dataclasses, beside_mine\n"
    "@dataclasses.dataclass\n"
    "class A:\n"
    "  x: int = beside_mine.ANSWER\n"
  )
  module = user_module.load(str(tmp_path / "mine.py"), "objective").module
  assert module.A().x == 42


def test_a_file_called_like_a_package_of_ours_hides_nothing(
  tmp_path: Path,
) -> None:
  (tmp_path / "tasks.py").write_text("from tasks.lab import sample")
  module = user_module.load(str(tmp_path / "tasks.py"), "task module").module
  assert module.sample is sys.modules["tasks.lab.sample"]


@pytest.mark.parametrize(
  ("name", "text", "message"),
  [
    ("absent.py", None, r"can't read objective .*absent.py: No such file"),
    ("broken.py", "x = 1\ny = 1 / 0", r"ZeroDivisionError: .* \(line 2\)"),
    ("wrong.py", "x = (", r"SyntaxError: .*was never closed"),
    ("needs.py", "import not_there", r"No module named 'not_there' \(line 1\)"),
  ],
)
def test_a_file_that_does_not_load_is_named(
  tmp_path: Path, name: str, text: str | None, message: str
) -> None:
  path = tmp_path / name
  if text is not None:
    path.write_text(text)
  with pytest.raises(UserError, match=message) as failed:
    user_module.load(str(path), "objective")
  assert str(path) in str(failed.value)
  assert str(path) not in sys.modules


@pytest.mark.parametrize(
  ("before", "now", "changed"),
  [
    ("lab@1+a.py@00000000", "lab@1+a.py@11111111", "a.py"),
    ("mine.py:f@00000000", "mine.py:f@11111111", "mine.py"),
    (
      "lab@1+a.b@00000000+my file.py@00000000:polynomials",
      "lab@1+a.b@00000000+my file.py@11111111:polynomials",
      "my file.py",
    ),
  ],
)
def test_a_changed_text_is_named(before: str, now: str, changed: str) -> None:
  with pytest.raises(UserError, match=f"^{changed} has changed since"):
    user_module.check_unchanged(before, now)


@pytest.mark.parametrize(
  ("before", "now"),
  [
    ("lab@1+a.py@00000000", "lab@1+a.py@00000000"),
    ("lab@1", "heldout@1"),
    ("lab@1+a.py@00000000", "lab@1+b.py@11111111"),
    ("mine.py:f@00000000", "mine.py:g@11111111"),
  ],
)
def test_other_differences_are_another_matter(before: str, now: str) -> None:
  user_module.check_unchanged(before, now)
