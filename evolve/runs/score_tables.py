"""The tables of a score run, and its result."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from harness.core import comparisons, console, evidence
from harness.core.comparisons import NO_DIFFERENCE
from harness.core.evidence import TaskScores
from harness.core.fitness import Fidelity, Status
from harness.core.intervals import ends, listed, too_few
from harness.core.naming import short_names
from harness.core.population import is_objective, population
from harness.core.printed_table import Column, print_table

# Lines of scores.jsonl.
Records = Sequence[Mapping[str, Any]]

_FILE = "scores.jsonl"
_SKILLS = (
  "skill",
  "ID",
  Column("ID loss", leaves=1),
  Column("OOD loss", leaves=2),
)


def print_results(
  records: Records,
  families: Mapping[str, str],
  fidelity: Fidelity,
  *,
  by_task: bool,
) -> None:
  """Prints the activations, the best first, and the result as the last line.

  Activations that are files go by their stems.

  Args:
    records: lines of scores.jsonl, all of one suite.
    families: of its tasks, by task.
    fidelity: steps and seeds of all scores.
    by_task: whether a table with a row for each task follows.
  """
  short = short_names(record["activation"] for record in records)
  ranked = [
    {**record, "activation": short[record["activation"]]}
    for record in sorted(records, key=_rank)
  ]
  ok = [r for r in ranked if r["status"] == Status.OK]
  _print_values(ranked, fidelity)
  what = _what(ranked)
  kinds = sorted(set(families.values()))
  if ok and len(kinds) > 1:
    members = {k: [t for t in families if families[t] == k] for k in kinds}
    print_table(
      f"{what} by family",
      ("activation", *kinds),
      [
        (r["activation"], *(_mean_score(r, members[k]) for k in kinds))
        for r in ok
      ],
    )
  if ok and by_task:
    print_table(
      f"{what} by task, mean over seeds",
      ("task", *(r["activation"] for r in ok)),
      [(task, *(_mean_score(r, [task]) for r in ok)) for task in families],
    )
  for r in ranked:
    if r["status"] != Status.OK:
      console.say_prose(f"{r['activation']}: {r['status']}: {r['feedback']}")
  if not ok:
    console.say("no activation could be evaluated")
    return
  if not _is_drawn(ok):
    for line in too_few(fidelity.num_seeds):
      console.say_prose(line)
  console.say(_leader(ok))  # The last line, whole, is the result.


def _leader(ok: Records) -> str:
  """The line on the highest value, and what it is shown to be better than.

  By tests against all others, adjusted for the number of all pairs: any other
  activation could have been the highest.
  """
  best, *others = ok
  result = f"{best['activation']} {best['value']:.4f}"
  if not others:
    return result
  ours = _scores(best)
  pairs = {
    r["activation"]: (ours, theirs)
    for r in others
    if (theirs := _scores(r)).pairs_with(ours)
  }
  num_pairs = len(ok) * len(others) // 2
  tests = comparisons.compare(pairs, num_pairs - len(others))
  about = population(best["suite"], drawn=ours.is_drawn)
  verdicts = {
    name: tests[name].verdict if name in tests else NO_DIFFERENCE
    for name in (r["activation"] for r in others)
  }
  alike = [n for n, verdict in verdicts.items() if verdict == NO_DIFFERENCE]
  # Its mean is higher, but most of its trainings score less.
  losses = [
    name
    for name, verdict in verdicts.items()
    if verdict not in ("better", NO_DIFFERENCE)
  ]
  findings = [
    *([f"{NO_DIFFERENCE} from {listed(alike)}"] if alike else []),
    *(
      [f"it loses more often than it wins against {listed(losses)}"]
      if losses
      else []
    ),
  ]
  if not findings:
    return f"best: {result}, on {about}"
  return f"highest: {result}; {'; '.join(findings)}, on {about}"


def _scores(record: Mapping[str, Any]) -> TaskScores:
  # Runs of earlier versions have no families.
  return TaskScores.of(record["scores_by_seed"], record.get("families"))


def _is_drawn(records: Records) -> bool:
  """True if tasks are drawn from a population, so that intervals are, too."""
  return any(r.get("families") for r in records)


def _what(records: Records) -> str:
  return "Values" if is_objective(records[0]["suite"]) else "OOD score"


def _print_values(ranked: Records, fidelity: Fidelity) -> None:
  # An objective of a user's own may have values alone.
  has_skills = any(record["id_scores"] for record in ranked)
  columns = [
    "activation",
    "value",
    "95% CI",
    *(_SKILLS if has_skills else ()),
    Column("memory", leaves=3),
    Column("flops", leaves=4),
  ]
  print_table(
    f"{_what(ranked)} on {ranked[0]['suite']}, {fidelity}; 95% CI "
    f"{evidence.over(drawn=_is_drawn(ranked))}",
    columns,
    [
      (*row, *[""] * (len(columns) - len(row)))
      for row in (_row(record, has_skills=has_skills) for record in ranked)
    ],
    elsewhere=_FILE,
  )


def _rank(record: Mapping[str, Any]) -> float:
  """Sorts by value, the best first; what has none comes last."""
  value: float | None = record["value"]
  return 1.0 if value is None else -value


def _row(record: Mapping[str, Any], *, has_skills: bool) -> tuple[str, ...]:
  """The cells of a table; fewer without a value."""
  if record["status"] != Status.OK:
    return (record["activation"], record["status"])
  skills = (
    _mean_of(record.get("ood_skills", {})),  # Earlier versions have none.
    _mean_of(record["id_scores"]),
    _mean_loss(record["id_loss"]),
    _mean_loss(record["ood_loss"]),
  )
  return (
    record["activation"],
    f"{record['value']:.3f}",
    ends(record["value_ci95"]),
    *(skills if has_skills else ()),
    f"{record['memory']:.0f}",
    f"{record['flops']:.0f}",
  )


def _mean_score(record: Mapping[str, Any], tasks: Iterable[str]) -> str:
  return f"{np.mean([record['scores'][task] for task in tasks]):.3f}"


def _mean_of(skills: Mapping[str, float]) -> str:
  return f"{np.mean(list(skills.values())):.3f}" if skills else "-"


def _mean_loss(losses: Mapping[str, float | None]) -> str:
  known = [loss for loss in losses.values() if loss is not None]
  text = f"{np.mean(known):.3g}" if known else "-"
  return text if len(known) == len(losses) else f"{text} (not finite)"
