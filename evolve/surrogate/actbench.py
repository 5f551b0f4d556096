"""Scores of many functions, trained once: a benchmark for strategies.

Two kinds of files are read. Our own has columns function, task, seed and score
(CSV, gzipped or not). Records of the published Act-Bench (arXiv 2301.05785)
have, for each function, accuracies and losses in training, validation and test;
CSV with a column for each, or JSON, a list of objects or an object of them by
function. The official files were never seen here; only the names of the fields
are known, which may be written in several ways.
"""

import csv
import dataclasses
import gzip
import io
import json
import math
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evolve.proposers.spaces.formula import Formula, parse
from harness.core import records
from harness.core.errors import UserError, unknown

COLUMNS = ("function", "task", "seed", "score")
_FUNCTION = ("function", "activation", "activation_fn", "name", "fn_name")
_ACCURACY = ("acc", "accuracy")
_PARTS = {
  "training": ("train", "training"),
  "validation": ("val", "valid", "validation"),
  "test": ("test",),
}


def _names(part: str, kinds: Sequence[str]) -> tuple[str, ...]:
  return tuple(f"{p}_{kind}" for p in _PARTS[part] for kind in kinds)


_VALIDATION = _names("validation", _ACCURACY)
# Further fields of published records, and the ways to write them.
_FURTHER = {
  "training accuracy": _names("training", _ACCURACY),
  "test accuracy": _names("test", _ACCURACY),
  **{f"{part} loss": _names(part, ("loss",)) for part in _PARTS},
  "runtime": ("runtime", "time", "seconds"),
  "equivalents": ("equivalents", "equivalent", "equivalent_fns"),
  "Fisher eigenvalues": ("fisher", "fisher_cdf", "fisher_eigenvalues", "eigs"),
}


@dataclasses.dataclass(frozen=True)
class ActBench:
  """Scores of N functions.

  Attributes:
    functions: their names; of our own, the texts of formulas.
    scores: of each task, [N, seeds]; NaN where one was not trained.
    seeds: of each task; of the published kind, 0 for an unknown one.
    absent: published fields that a file of that kind lacks; none is needed.
  """

  functions: tuple[str, ...]
  scores: Mapping[str, np.ndarray]
  seeds: Mapping[str, tuple[int, ...]]
  absent: tuple[str, ...] = ()

  def of_task(self, task: str) -> np.ndarray:
    """Mean scores over seeds, [N].

    Raises:
      UserError: there is no such task.
    """
    if task not in self.scores:
      raise unknown("task", task, list(self.scores))
    means: np.ndarray = np.nanmean(self.scores[task], axis=1)
    return means

  def whole(self) -> "ActBench":
    """The functions that have a score of each task and seed."""
    has = np.isfinite(np.concatenate([*self.scores.values()], axis=1)).all(
      axis=1
    )
    return ActBench(
      tuple(name for name, h in zip(self.functions, has, strict=True) if h),
      {task: scores[has] for task, scores in self.scores.items()},
      self.seeds,
    )

  def formulas(self) -> list[Formula]:
    """The functions as formulas.

    Raises:
      UserError: one is none.
    """
    try:
      return [parse(text) for text in self.functions]
    except ValueError as error:
      raise UserError(
        f"a surrogate needs functions that are formulas: {error}"
      ) from error


def read(path: Path) -> ActBench:
  """Reads either kind of file.

  Raises:
    UserError: it can't be read, or lacks a field; says which.
  """
  try:
    data = path.read_bytes()
    if path.suffix == ".gz":
      data = gzip.decompress(data)
    rows = _rows(data.decode())
  # Bytes may be cut, text no JSON and no CSV.
  except (
    OSError, EOFError, zlib.error, csv.Error, TypeError, ValueError,
  ) as error:  # fmt: skip
    raise UserError(f"can't read the benchmark {path}: {error}") from error
  if not rows:
    raise UserError(f"the benchmark {path} has no records")
  if set(COLUMNS) <= set(rows[0]):
    return _of_ours(rows, path)
  return _of_published(rows, path)


def write(path: Path, bench: ActBench) -> None:
  """Writes our own kind, gzipped."""
  text = io.StringIO()
  writer = csv.writer(text, lineterminator="\n")
  writer.writerow(COLUMNS)
  for task, scores in bench.scores.items():
    for function, row in zip(bench.functions, scores, strict=True):
      for seed, score in zip(bench.seeds[task], row, strict=True):
        if math.isfinite(score):
          writer.writerow([function, task, seed, f"{score:.4f}"])
  with records.replaced(path) as file:
    # Without a time, so that the same scores make the same file.
    file.write(gzip.compress(text.getvalue().encode(), mtime=0))


def _rows(text: str) -> list[dict[str, Any]]:
  if text.lstrip().startswith(("[", "{")):
    found = json.loads(text)
    if isinstance(found, dict):
      found = [{"function": name, **record} for name, record in found.items()]
    return [dict(record) for record in found]
  reader = csv.DictReader(io.StringIO(text))
  rows = []
  for row in reader:
    if None in row:
      raise ValueError(
        f"line {reader.line_num} has more fields than there are columns; put "
        "formulas with commas in quotes"
      )
    rows.append(row)
  return rows


def _of_ours(rows: Sequence[Mapping[str, Any]], path: Path) -> ActBench:
  by_task: dict[str, dict[str, dict[int, float]]] = defaultdict(
    lambda: defaultdict(dict)
  )
  try:
    for row in rows:
      seed, score = int(row["seed"]), float(row["score"])
      by_task[row["task"]][row["function"]][seed] = score
  except (KeyError, TypeError, ValueError) as error:
    raise UserError(f"the benchmark {path} is damaged: {error}") from error
  functions = tuple(dict.fromkeys(row["function"] for row in rows))
  seeds = {
    task: tuple(sorted({s for scores in of_function.values() for s in scores}))
    for task, of_function in by_task.items()
  }
  scores = {
    task: np.array(
      [
        [by_task[task][function].get(seed, math.nan) for seed in seeds[task]]
        for function in functions
      ]
    )
    for task in by_task
  }
  return ActBench(functions, scores, seeds)


def _of_published(rows: Sequence[Mapping[str, Any]], path: Path) -> ActBench:
  fields = {_plain(name): name for name in rows[0]}
  function = _field(fields, _FUNCTION, "function", path)
  score = _field(fields, _VALIDATION, "validation accuracy", path)
  found: dict[str, float] = {}
  for row in rows:
    try:
      found[str(row[function])] = float(row[score])
    except (KeyError, TypeError, ValueError) as error:
      raise UserError(
        f"the benchmark {path}: a record has no number as {score!r}: {row}"
      ) from error
  values = np.array(list(found.values()))[:, None]
  task = path.name.partition(".")[0]
  absent = tuple(
    what for what, names in _FURTHER.items() if not {*names} & fields.keys()
  )
  return ActBench(tuple(found), {task: values}, {task: (0,)}, absent)


def _field(
  fields: Mapping[str, str], names: Iterable[str], what: str, path: Path
) -> str:
  """The name in the file of a field that may be written in several ways."""
  for name in names:
    if name in fields:
      return fields[name]
  raise UserError(
    f"the benchmark {path} has no field for the {what} ({', '.join(names)}); "
    f"it has {', '.join(fields.values())}"
  )


def _plain(name: str) -> str:
  return name.strip().lower().replace(" ", "_").replace("-", "_")
