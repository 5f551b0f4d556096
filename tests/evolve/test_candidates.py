"""Programs that a user names."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from evolve import activations, candidates, panel
from evolve.program import Program
from harness.core.begun import Begun
from harness.core.errors import UserError
from harness.core.parameters import Share
from tests import ROOT

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


def test_the_panel_stands_for_its_members(path: str) -> None:
  programs = candidates.by_name(["panel", "phase_flip", "relu", path])
  assert list(programs) == [*panel.members(), "phase_flip", path]
  zero = candidates.generation_zero(["panel", path])
  assert [name for name, _ in zero] == [*panel.members(), path]


@pytest.mark.parametrize(
  ("names", "message"),
  [
    ([], "no activation given"),
    (["gelusin"], "unknown activation 'gelusin'; nearest: gelusine"),
    (["pannel"], "unknown activation 'pannel'; nearest: panel"),
    (["absent.py"], r"can't read activation absent\.py: No such file"),
    (["no/such"], "can't read activation no/such"),
  ],
)
def test_unknown_names_and_files_are_errors(
  names: list[str], message: str
) -> None:
  with pytest.raises(UserError, match=message):
    candidates.by_name(names)


@pytest.mark.parametrize(
  ("data", "message"),
  [
    (b"\xff\xfed\x00", r"code\.py: it is UTF-16; save it as UTF-8"),
    (b"# \xe9\n", r"code\.py: it is not UTF-8; save it as that"),
    (b"\n\n\n# \xe9\n", r"code\.py: it is not UTF-8; save it as that"),
    (b"# coding: none-such\n", r"code\.py: it is not UTF-8"),
    (b"# coding: hex\n", r"code\.py: it is not UTF-8"),
  ],
)
def test_a_file_that_python_could_not_decode_is_an_error(
  tmp_path: Path, data: bytes, message: str
) -> None:
  (tmp_path / "code.py").write_bytes(data)
  with pytest.raises(UserError, match=message):
    candidates.resolve(str(tmp_path / "code.py"))


def test_files_are_decoded_as_python_does_it_in_any_locale(
  tmp_path: Path,
) -> None:
  text = "def activation(x, é=0.5):\n  return é * x\n"
  (tmp_path / "mark.py").write_text("\ufeff" + text, encoding="utf-8")
  (tmp_path / "plain.py").write_text(text, encoding="utf-8")
  declared = "# -*- coding: latin-1 -*-\r\n" + text
  (tmp_path / "declared.py").write_text(declared, encoding="latin-1")
  script = (
    "from evolve import candidates, language\n"
    "found = candidates.generation_zero(['.'])\n"
    "for _, program in found:\n"
    "  language.check(program.source)\n"
    "print(*{program.id for _, program in found})"
  )
  run = subprocess.run(
    [sys.executable, "-c", script],
    cwd=tmp_path,
    env=os.environ
    | {"PYTHONPATH": str(ROOT), "LC_ALL": "C"}
    | {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    capture_output=True,
    text=True,
    check=True,
  )
  assert run.stdout.split() == [Program(text).id]


def test_generation_zero_takes_the_files_of_a_directory(
  tmp_path: Path, path: str
) -> None:
  (tmp_path / "notes.txt").write_text("no candidate")
  found = candidates.generation_zero([str(tmp_path), "relu"])
  assert [p.source for _, p in found] == [SINE, activations.source("relu")]


def test_generation_zero_is_the_well_known_activations_by_default() -> None:
  known = [activations.source(name) for name in activations.WELL_KNOWN]
  assert [p.source for _, p in candidates.generation_zero([])] == known


def test_a_word_for_several_is_no_activation() -> None:
  with pytest.raises(UserError, match="'panel' stands for several"):
    candidates.resolve("panel")


def test_a_directory_without_programs_is_an_error(tmp_path: Path) -> None:
  with pytest.raises(UserError, match=r"no \.py file in directory"):
    candidates.generation_zero([str(tmp_path)])


def test_sources_are_those_of_files(path: str) -> None:
  programs = candidates.by_name(["relu", path])
  assert candidates.sources(programs.items()) == {path: SINE}


def test_a_file_of_a_run_that_goes_on_may_be_gone(path: str) -> None:
  Path(path).unlink()
  programs = candidates.by_name([path], Begun({path: SINE}))
  assert programs[path].source == SINE


def test_a_file_of_a_run_that_goes_on_may_change_in_style_only(
  path: str,
) -> None:
  Path(path).write_text(f"# A comment.\n{SINE}")
  assert candidates.by_name([path], Begun({path: SINE}))[path].source == SINE
  Path(path).write_text(SINE.replace("sin", "cos"))
  with pytest.raises(UserError, match=f"^{path} has changed since the run"):
    candidates.by_name([path], Begun({path: SINE}))


def test_a_file_of_a_run_is_where_the_run_began(
  tmp_path: Path, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
  elsewhere = tmp_path / "elsewhere"
  elsewhere.mkdir()
  name = Path(path).name
  (elsewhere / name).write_text(SINE.replace("sin", "cos"))
  monkeypatch.chdir(elsewhere)
  begun = Begun({name: SINE}, str(Path(path).parent))
  assert candidates.by_name([name], begun)[name].source == SINE
  Path(path).write_text(SINE.replace("sin", "tan"))
  with pytest.raises(UserError, match=f"^{path} has changed since the run"):
    candidates.by_name([name], begun)


def test_a_directory_of_a_run_that_goes_on_has_the_files_it_had(
  tmp_path: Path, path: str
) -> None:
  begun = candidates.generation_zero([str(tmp_path)])
  recorded = Begun(candidates.sources(begun))
  Path(path).rename(tmp_path / "new.py")
  assert candidates.generation_zero([str(tmp_path)], recorded) == begun


SWISH = "def activation(x, beta=1.0):\n  return x * jax.nn.sigmoid(beta * x)\n"


@pytest.fixture
def swish(tmp_path: Path) -> str:
  file = tmp_path / "swish.py"
  file.write_text(SWISH)
  return str(file)


def test_a_name_may_say_that_its_parameters_are_trained(swish: str) -> None:
  shares = {
    name: program.share
    for name, program in candidates.by_name(
      [swish, f"{swish}:layer", f"{swish}:channel", f"{swish}:frozen", "relu"]
    ).items()
  }
  assert (
    list(shares.values()) == ["frozen", "layer", "channel"] + ["frozen"] * 2
  )


def test_others_follow_the_default_where_they_have_parameters(
  swish: str,
) -> None:
  names = [swish, f"{swish}:channel", f"{swish}:frozen", "relu"]
  programs = candidates.by_name(names, share=Share.LAYER)
  shares = [program.share for program in programs.values()]
  assert shares == ["layer", "channel", "frozen", "frozen"]


def test_named_activations_are_known_trained_too() -> None:
  names = candidates.names_by_id()
  for given in ("prelu", "prelu:layer", "prelu:channel"):
    assert names[candidates.resolve(given).id] == given


@pytest.mark.parametrize("share", ["layer", "channel"])
def test_what_has_no_parameters_cannot_be_trained(share: str) -> None:
  message = f"^relu has no parameters to train; leave out :{share}, or give"
  with pytest.raises(UserError, match=message):
    candidates.resolve(f"relu:{share}")


@pytest.mark.parametrize(
  ("text", "reason"),
  [
    ("def swish(x, beta=1.0):\n  return x", "activation"),
    ("def activation(x, alpha):\n  return x", "default values"),
    ("def activation(x, *args):\n  return x", r"args"),
    ("def activation(x, beta=1.0)\n  return x", "line 1"),
  ],
)
def test_the_reason_is_said_why_a_file_has_none(
  tmp_path: Path, text: str, reason: str
) -> None:
  file = tmp_path / "own.py"
  file.write_text(text)
  with pytest.raises(UserError, match="no parameters to train") as caught:
    candidates.resolve(f"{file}:layer")
  assert re.search(reason, str(caught.value))
  assert "\n" not in str(caught.value)


def test_a_run_that_goes_on_trains_what_it_did(swish: str) -> None:
  names = [f"{swish}:layer", swish, f"{swish}:channel"]
  programs = candidates.by_name(names)
  begun = Begun(candidates.sources(programs.items()))
  assert begun.sources == {swish: SWISH}
  Path(swish).unlink()
  again = candidates.by_name(names, begun)
  assert [p.id for p in again.values()] == [p.id for p in programs.values()]
