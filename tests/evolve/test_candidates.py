"""Programs that a user names."""

from pathlib import Path

import pytest

from evolve import activations, candidates
from harness.core.errors import UserError

SINE = "def activation(x):\n  return jnp.sin(x)\n"


@pytest.fixture
def path(tmp_path: Path) -> str:
  file = tmp_path / "sine.py"
  file.write_text(SINE)
  return str(file)


def test_names_and_files_are_resolved_in_order(path: str) -> None:
  programs = candidates.by_name(["relu", path])
  assert list(programs) == ["relu", path]
  assert programs["relu"].source == activations.source("relu")
  assert programs[path].source == SINE


def test_all_stands_for_the_named_activations() -> None:
  assert list(candidates.by_name(["all"])) == list(activations.names())


@pytest.mark.parametrize(
  ("names", "message"),
  [
    ([], "no activation given"),
    (["gelusin"], "unknown activation 'gelusin'; nearest: gelusine"),
    (["absent.py"], r"can't read activation absent\.py: No such file"),
    (["no/such"], "can't read activation no/such"),
  ],
)
def test_unknown_names_and_files_are_errors(
  names: list[str], message: str
) -> None:
  with pytest.raises(UserError, match=message):
    candidates.by_name(names)


def test_a_file_that_is_no_text_is_an_error(tmp_path: Path) -> None:
  (tmp_path / "image.py").write_bytes(b"\xff\xfe\xfd")
  with pytest.raises(UserError, match="not a text file"):
    candidates.resolve(str(tmp_path / "image.py"))


def test_generation_zero_takes_the_files_of_a_directory(
  tmp_path: Path, path: str
) -> None:
  (tmp_path / "notes.txt").write_text("no candidate")
  found = candidates.generation_zero([str(tmp_path), "relu"])
  assert [p.source for _, p in found] == [SINE, activations.source("relu")]


def test_generation_zero_is_the_named_activations_by_default() -> None:
  named = [activations.source(name) for name in activations.names()]
  assert [p.source for _, p in candidates.generation_zero([])] == named


def test_a_directory_without_programs_is_an_error(tmp_path: Path) -> None:
  with pytest.raises(UserError, match=r"no \.py file in directory"):
    candidates.generation_zero([str(tmp_path)])


def test_sources_are_those_of_files(path: str) -> None:
  programs = candidates.by_name(["relu", path])
  assert candidates.sources(programs.items()) == {path: SINE}


def test_a_file_of_a_run_that_goes_on_may_be_gone(path: str) -> None:
  Path(path).unlink()
  programs = candidates.by_name([path], {path: SINE})
  assert programs[path].source == SINE


def test_a_file_of_a_run_that_goes_on_may_change_in_style_only(
  path: str,
) -> None:
  Path(path).write_text(f"# A comment.\n{SINE}")
  assert candidates.by_name([path], {path: SINE})[path].source == SINE
  Path(path).write_text(SINE.replace("sin", "cos"))
  with pytest.raises(UserError, match=f"^{path} has changed since the run"):
    candidates.by_name([path], {path: SINE})


def test_a_directory_of_a_run_that_goes_on_has_the_files_it_had(
  tmp_path: Path, path: str
) -> None:
  begun = candidates.generation_zero([str(tmp_path)])
  recorded = candidates.sources(begun)
  Path(path).rename(tmp_path / "new.py")
  assert candidates.generation_zero([str(tmp_path)], recorded) == begun
