"""One run directory out of several, of one command and protocol."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from harness.core import records
from harness.core.console import say
from harness.core.errors import UserError
from harness.core.workdir import Workdir
from harness.reporting.runs import directory, validation_run
from harness.reporting.runs.directory import RunDirectory
from harness.reporting.runs.validation_run import ValidationRun

# Lines of scores.jsonl.
Records = Sequence[Mapping[str, Any]]

MERGED = "merged"  # The setting that names the runs.


def run(
  command: str,
  paths: Sequence[str],
  workdir: Workdir,
  summary: Callable[[Records], Mapping[str, Any]],
  print_run: Callable[[Records, Mapping[str, Any]], None],
) -> None:
  """Merges runs into one that is finished, and prints its results.

  Args:
    command: see `merge`.
    paths: see `merge`.
    workdir: gets the run.
    summary: of its records, for summary.json.
    print_run: prints its records, by its settings.

  Raises:
    UserError: see `merge`.
  """
  merged = merge(command, paths, workdir)
  workdir.finish(summary(merged.scores))
  print_run(merged.scores, merged.settings)


def merge(
  command: str, paths: Sequence[str], workdir: Workdir
) -> ValidationRun:
  """Writes run.json and scores.jsonl; says which trainings conflict.

  Args:
    command: "clrs30", "imagenet" or "molhiv".
    paths: run directories, finished or not.
    workdir: gets the files, but no summary.

  Returns:
    What was written, with activations as they were given.

  Raises:
    UserError: a directory can't be read, holds a run of another command or
      protocol, or gives another program the same name; or the workdir holds a
      run of trainings.
  """
  directories = directory.read_all(paths)
  for one in directories:
    if one.command != command:
      raise UserError(
        f"{one.path} holds a run of harness.{one.command}; --merge takes runs "
        f"of harness.{command}"
      )
  ids = _program_ids(directories)
  run, *others = validation_run.read(
    directories, {program_id: name for name, program_id in ids.items()}
  )
  for other in others:
    raise UserError(
      f"{other.directories[0].path} has {', '.join(run.differences(other))} in "
      f"{run.directories[0].path}; --merge takes runs of one protocol"
    )
  if workdir.resumed and MERGED not in workdir.settings():
    raise UserError(
      f"the run in {workdir.path} was not merged; give another --workdir"
    )
  settings = {
    **run.settings,
    "activations": ids,
    "seeds": _united(directories, "seeds"),
    MERGED: [str(one.path) for one in directories],
  }
  if "algorithms" in settings:
    settings["algorithms"] = _united(directories, "algorithms")
  if run.algorithm_files:
    settings["algorithm_files"] = run.algorithm_files
  devices = dict.fromkeys(d for one in directories for d in one.devices)
  workdir.begin(settings, list(devices))
  path = workdir.path / "scores.jsonl"
  path.unlink(missing_ok=True)
  for record in run.scores:
    records.append_jsonl(path, record)
  for remark in run.remarks:
    say(remark)
  return run


def _program_ids(directories: Sequence[RunDirectory]) -> dict[str, str]:
  """Program ids by the name that was given first for each."""
  names: dict[str, str] = {}
  for one in directories:
    for given, program_id in one.settings["activations"].items():
      names.setdefault(program_id, given)
  ids = {name: program_id for program_id, name in names.items()}
  if len(ids) < len(names):
    several = list(names.values())
    twice = next(name for name in several if several.count(name) > 1)
    raise UserError(
      f"{twice} is not the same program in all of these runs; merge those "
      "where it is, or compare them with harness.report"
    )
  return ids


def _united(directories: Sequence[RunDirectory], setting: str) -> list[object]:
  """The values of a setting in any of the runs, sorted."""
  return sorted({v for one in directories for v in one.settings[setting]})
