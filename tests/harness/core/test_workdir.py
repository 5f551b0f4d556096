import json
import subprocess
import sys
from pathlib import Path

import pytest

from harness.core.errors import UserError
from harness.core.workdir import Workdir, is_unfinished
from tests import ROOT

SETTINGS = {"seed": 0, "suite": "lab@1", "evaluations": 8, "tasks": ("a", "b")}


def _begun(path: Path, *, finished: bool = False) -> None:
  """Leaves a run in a directory."""
  workdir = Workdir(str(path), resume=False)
  workdir.begin(SETTINGS, ["cpu: cpu"])
  if finished:
    workdir.finish({"best": None})


def test_a_new_directory_is_made(tmp_path: Path) -> None:
  workdir = Workdir(str(tmp_path / "runs" / "first"), resume=False)
  assert workdir.path.is_dir()
  assert not workdir.resumed
  assert not workdir.finished


def test_run_json_holds_command_settings_and_versions(
  tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
  monkeypatch.setenv("XLA_FLAGS", "--xla_backend_optimization_level=1")
  workdir = Workdir(str(tmp_path), resume=False)
  workdir.begin(SETTINGS, ["cpu: cpu"], extra={"workers": {"seccomp": "on"}})
  record = json.loads(workdir.run_file.read_text())
  assert record["schema_version"] == 1
  assert record["argv"] == [Path(sys.argv[0]).name, *sys.argv[1:]]
  assert record["settings"] == {**SETTINGS, "tasks": ["a", "b"]}
  assert record["versions"].keys() >= {"python", "jax", "jaxlib", "numpy"}
  assert record["devices"] == ["cpu: cpu"]
  assert record["xla_flags"] == "--xla_backend_optimization_level=1"
  assert record["workers"] == {"seccomp": "on"}
  assert not workdir.summary_file.exists()


def _git(*arguments: str) -> str:
  """The output of a git command in this checkout."""
  if not (ROOT / ".git").exists():
    pytest.skip("not a git checkout")
  command = ["git", "-C", str(ROOT), *arguments]
  run = subprocess.run(command, capture_output=True, text=True, check=True)
  return run.stdout.strip()


def test_run_json_names_the_commit(tmp_path: Path) -> None:
  head = _git("rev-parse", "HEAD")
  _begun(tmp_path)
  found = json.loads((tmp_path / "run.json").read_text())["git"]
  assert found["commit"] == head
  assert found["dirty"] in (True, False)


def test_a_run_with_a_summary_has_finished(tmp_path: Path) -> None:
  _begun(tmp_path, finished=True)
  record = json.loads((tmp_path / "summary.json").read_text())
  assert record == {"schema_version": 1, "best": None}
  workdir = Workdir(str(tmp_path), resume=True)
  assert workdir.resumed
  assert workdir.finished


@pytest.mark.parametrize("finished", [False, True])
def test_a_directory_with_a_run_is_refused(
  tmp_path: Path, finished: bool
) -> None:
  _begun(tmp_path, finished=finished)
  before = (tmp_path / "run.json").read_bytes()
  with pytest.raises(UserError, match="holds a run") as refused:
    Workdir(str(tmp_path), resume=False)
  assert "--resume or give another --workdir" in str(refused.value)
  assert (tmp_path / "run.json").read_bytes() == before
  workdir = Workdir(str(tmp_path), resume=True)
  assert (workdir.resumed, workdir.finished) == (True, finished)


@pytest.mark.parametrize("resume", [False, True])
def test_without_run_json_the_run_starts_afresh(
  tmp_path: Path, resume: bool
) -> None:
  (tmp_path / "run.log").write_text("killed before run.json was written")
  (tmp_path / "summary.json").write_text("{}")
  workdir = Workdir(str(tmp_path), resume=resume)
  assert not workdir.resumed
  assert not workdir.finished
  workdir.begin(SETTINGS, ["cpu: cpu"])
  assert not workdir.summary_file.exists()


def test_a_resumed_run_keeps_its_settings(tmp_path: Path) -> None:
  _begun(tmp_path)
  workdir = Workdir(str(tmp_path), resume=True)
  workdir.check(SETTINGS)
  with pytest.raises(UserError) as refused:
    workdir.check({**SETTINGS, "suite": "lab@2"})
  assert str(refused.value) == (
    f"the suite has changed since the run in {tmp_path} began, from lab@1 to "
    "lab@2; give another --workdir"
  )
  with pytest.raises(UserError, match=r"^the tasks has changed .* began; give"):
    workdir.check({**SETTINGS, "tasks": ["a"]})


def test_a_new_run_has_any_settings(tmp_path: Path) -> None:
  Workdir(str(tmp_path), resume=True).check(SETTINGS)


def test_some_settings_may_change(tmp_path: Path) -> None:
  _begun(tmp_path)
  workdir = Workdir(str(tmp_path), resume=True)
  workdir.check({**SETTINGS, "seed": 1}, may_change=("seed",))


def test_some_settings_may_grow(tmp_path: Path) -> None:
  workdir = Workdir(str(tmp_path), resume=False)
  settings = {"evaluations": 8, "activations": {"relu": "id1", "a.py": "id2"}}
  workdir.begin(settings, [])
  del workdir
  resumed = Workdir(str(tmp_path), resume=True)

  def check(name: str, value: object) -> None:
    resumed.check({**settings, name: value}, may_grow=tuple(settings))

  check("evaluations", 16)
  check("activations", {"relu": "id1", "a.py": "id2", "tanh": "id3"})
  with pytest.raises(UserError, match=r"has --evaluations=8; .* more, not few"):
    check("evaluations", 7)
  resumed.check({"since": {"a": "id5"}}, may_grow=("since",))
  for changed in ({"relu": "id1", "a.py": "id4"}, {"relu": "id1"}):
    with pytest.raises(UserError, match=r"^a\.py has changed since the run in"):
      check("activations", changed)


def test_a_run_that_begins_again_is_unfinished(tmp_path: Path) -> None:
  _begun(tmp_path, finished=True)
  arguments = ["--evaluations=16"]
  workdir = Workdir(str(tmp_path), resume=True, arguments=arguments)
  assert not is_unfinished(str(tmp_path))
  workdir.begin({**SETTINGS, "evaluations": 16}, ["cpu: cpu"])
  assert is_unfinished(str(tmp_path))
  assert workdir.settings()["evaluations"] == 16
  record = json.loads(workdir.run_file.read_text())
  assert record["argv"][1:] == arguments


@pytest.mark.parametrize("text", ["", "{}", '{"settings": '])
def test_a_damaged_run_json_is_an_error(tmp_path: Path, text: str) -> None:
  (tmp_path / "run.json").write_text(text)
  with pytest.raises(UserError, match=r"run\.json is damaged"):
    Workdir(str(tmp_path), resume=True)


def test_the_run_of_another_command_is_refused(tmp_path: Path) -> None:
  (tmp_path / "run.json").write_text('{"argv": ["other.py"]}')
  with pytest.raises(UserError, match=r"holds a run of other\.py, not of"):
    Workdir(str(tmp_path), resume=True)


@pytest.mark.parametrize("below", [".", "below"])
def test_a_path_that_cannot_be_a_directory(tmp_path: Path, below: str) -> None:
  (tmp_path / "file").write_text("")
  with pytest.raises(UserError, match=r"can't use workdir .*; give another"):
    Workdir(str(tmp_path / "file" / below), resume=False)


def test_a_directory_is_used_by_one_process_at_a_time(tmp_path: Path) -> None:
  code = (
    "import sys; from harness.core.workdir import Workdir; "
    "held = Workdir(sys.argv[1], resume=False); print('held', flush=True); "
    "sys.stdin.read()"
  )
  command = [sys.executable, "-c", code, str(tmp_path)]
  with subprocess.Popen(
    command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
  ) as holder:
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(UserError, match="another run is using workdir"):
      Workdir(str(tmp_path), resume=True)
    holder.kill()
  assert Workdir(str(tmp_path), resume=False).path == tmp_path


def test_starting_does_not_touch_the_git_index(tmp_path: Path) -> None:
  """Another git command may hold its lock."""
  index = ROOT / _git("rev-parse", "--git-path", "index")
  before = index.stat().st_mtime_ns
  _begun(tmp_path)
  assert index.stat().st_mtime_ns == before
