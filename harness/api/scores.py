"""The result of an evaluation: records, which a notebook shows as a table."""

import html
from collections.abc import Mapping, Sequence
from typing import Any, overload

import numpy as np

Record = Mapping[str, Any]


class Scores(Sequence[Record]):
  """One record per activation, in the order in which they were given.

  A record is a dictionary as harness.score writes it: activation, suite, value,
  value_ci95, skill, scores, scores_by_seed, id_scores, ood_skills, id_loss,
  ood_loss, parameters, status, feedback, pointwise, flops, memory, seconds,
  families.
  """

  def __init__(self, records: Sequence[Record], title: str):
    """The records, and a line on what they are of."""
    self._records = tuple(records)
    self._title = title

  def __len__(self) -> int:
    return len(self._records)

  @overload
  def __getitem__(self, index: int) -> Record: ...

  @overload
  def __getitem__(self, index: slice) -> "Scores": ...

  def __getitem__(self, index: int | slice) -> "Record | Scores":
    if isinstance(index, slice):
      return Scores(self._records[index], self._title)
    return self._records[index]

  def to_frame(self) -> Any:
    """A pandas.DataFrame: a row per activation, a column for each task's score.

    Raises:
      ImportError: pandas is not installed.
    """
    import pandas

    return pandas.DataFrame([_flat(record) for record in self._records])

  def __repr__(self) -> str:
    rows = [self._columns, *map(self._row, self._records)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
      "  ".join(cell.ljust(n) for cell, n in zip(row, widths, strict=True))
      for row in rows
    ]
    return "\n".join([self._title, *map(str.rstrip, lines), *self._failures()])

  def _repr_html_(self) -> str:
    """The table in a notebook."""
    head = "".join(f"<th>{column}</th>" for column in self._columns)
    body = "".join(
      "<tr>"
      + "".join(f"<td>{html.escape(cell)}</td>" for cell in self._row(record))
      + "</tr>"
      for record in self._records
    )
    notes = "".join(f"<p>{html.escape(line)}</p>" for line in self._failures())
    return (
      f"<table><caption>{html.escape(self._title)}</caption>"
      f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{notes}"
    )

  @property
  def _has_skills(self) -> bool:
    """False for an objective of a user's own, which has values alone."""
    return any(record["id_scores"] for record in self._records)

  @property
  def _columns(self) -> tuple[str, ...]:
    skills = ("OOD skill", "ID skill") if self._has_skills else ()
    return ("activation", "value", "95% CI", *skills, "status")

  def _row(self, record: Record) -> tuple[str, ...]:
    name, status = record["activation"], record["status"]
    if record["value"] is None:
      return (name, *["-"] * (len(self._columns) - 2), status)
    interval = record["value_ci95"]
    skills = (record["skill"], _id_skill(record)) if self._has_skills else ()
    return (
      name,
      f"{record['value']:.3f}",
      "{:.3f} to {:.3f}".format(*interval) if interval else "-",
      *(f"{skill:.3f}" for skill in skills),
      status,
    )

  def _failures(self) -> list[str]:
    return [
      f"{r['activation']}: {r['status']}: {r['feedback']}"
      for r in self._records
      if r["value"] is None
    ]


def _flat(record: Record) -> dict[str, Any]:
  low, high = record["value_ci95"] or (None, None)
  names = ("status", "feedback", "pointwise", "flops", "memory", "seconds")
  return {
    "activation": record["activation"],
    "value": record["value"],
    "value_low": low,
    "value_high": high,
    "ood_skill": record["skill"],
    "id_skill": _id_skill(record),
    **{name: record[name] for name in names},
    **record["scores"],
  }


def _id_skill(record: Record) -> float | None:
  skills = list(record["id_scores"].values())
  return float(np.mean(skills)) if skills else None
