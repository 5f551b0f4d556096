"""The lab against the ordinary way to train the same networks.

Four processes take turns, two at a time, each on one core: two run the lab, two
the ordinary way. The latter never register the lab's fast sine, which would
speed up the ordinary way too. Turns alternate, so that whatever else the
machine does hits both. The skills that both reach are compared: neither can win
by doing less.
"""

import dataclasses
import multiprocessing
import os
import statistics
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from evolve.activations import ACTIVATIONS
from harness.core import console
from harness.core.fitness import Fidelity, Report
from tasks.lab.fitness import FULL, LabFitness, screen_for
from tests.bench.ordinary import Ordinary, Trained

NUM_PROCESSES = 2  # One for each core.


@dataclasses.dataclass(frozen=True)
class LabSpeedConfig:
  """How much to time.

  Attributes:
    activations: names.
    full: the fidelity; the screen goes with it.
    rounds: turns of each way, for each activation.
    models: how many of each network a process trains in the ordinary way in a
      turn; the time of the others follows from theirs.
  """

  activations: tuple[str, ...] = ("relu", "gelu_sinc_perturbation")
  full: Fidelity = FULL
  rounds: int = 2
  models: dict[str, int] = dataclasses.field(
    default_factory=lambda: {"mlp": 6, "message_passing": 2}
  )


class Lab:
  """The lab as a worker of the search uses it."""

  def __init__(self, full: Fidelity, index: int):
    del index  # All processes have the same work.
    self._lab = LabFitness(max_seeds=full.num_seeds)
    self._lab.prepare(0, full)

  def compile(self, activation: str) -> float:
    """Seconds to trace and compile: what a first evaluation takes longer."""
    first, again = (self.run(activation, Fidelity(1, 1)) for _ in range(2))
    return first[0] - again[0]

  def run(self, activation: str, fidelity: Fidelity) -> tuple[float, Report]:
    """Seconds of an evaluation, and its report."""
    start = time.perf_counter()
    reports = self._lab.evaluate([ACTIVATIONS[activation]], 0, fidelity)
    return time.perf_counter() - start, reports[0]


class _Pair:
  """Processes that do the same work at the same time, one on each core."""

  def __init__(self, way: type[Lab] | type[Ordinary], full: Fidelity):
    context = multiprocessing.get_context("spawn")
    self._connections: list[Connection] = []
    for index in range(NUM_PROCESSES):
      ours, theirs = context.Pipe()
      process = context.Process(
        target=_serve, args=(theirs, way, full, index), daemon=True
      )
      process.start()
      theirs.close()
      self._connections.append(ours)

  def close(self) -> None:
    """Ends the processes."""
    for connection in self._connections:
      connection.send(None)

  def call(self, method: str, *arguments: Any) -> list[Any]:
    """What each process returns, once all have."""
    for connection in self._connections:
      connection.send((method, arguments))
    return [connection.recv() for connection in self._connections]


def _serve(
  connection: Connection,
  way: type[Lab] | type[Ordinary],
  full: Fidelity,
  index: int,
) -> None:
  worker = way(full, index)
  while (call := connection.recv()) is not None:
    method, arguments = call
    connection.send(getattr(worker, method)(*arguments))


@dataclasses.dataclass
class _Times:
  """Seconds of one activation, one entry for each process and round."""

  lab_compile: list[float]
  ordinary_compile: list[float]
  lab: dict[Fidelity, list[float]]
  models: list[Trained]
  report: Report | None = None

  def ordinary(self, fidelity: Fidelity, steps: int) -> float:
    """Seconds for all models, from those of models trained for `steps`."""
    total = 0.0
    for task in LabFitness().task_list:
      same = [m for m in self.models if m.family == task.network]
      train = statistics.median(m.train_seconds for m in same)
      test = statistics.median(m.test_seconds for m in same)
      one = train * fidelity.steps / steps + test
      total += fidelity.num_seeds * one
    return total

  def largest_difference(self) -> float:
    """Of the OOD skills of models that both ways have trained."""
    assert self.report
    scores = self.report.scores_by_seed
    return max(abs(scores[m.task][m.seed] - m.skill) for m in self.models)


def run(config: LabSpeedConfig) -> None:
  """Times both ways, and prints them."""
  os.environ["NPROC"] = "1"  # As the search sets it for its workers.
  lab, ordinary = _Pair(Lab, config.full), _Pair(Ordinary, config.full)
  times = {
    name: _time(config, lab, ordinary, name) for name in config.activations
  }
  lab.close()
  ordinary.close()
  _print(config, times)


def _time(
  config: LabSpeedConfig, lab: _Pair, ordinary: _Pair, activation: str
) -> _Times:
  fidelities = (screen_for(config.full), config.full)
  times = _Times(
    lab.call("compile", activation),
    ordinary.call("compile", activation),
    lab={fidelity: [] for fidelity in fidelities},
    models=[],
  )

  def lab_turn() -> None:
    for fidelity in fidelities:
      for seconds, report in lab.call("run", activation, fidelity):
        times.lab[fidelity].append(seconds)
        times.report = report

  def ordinary_turn() -> None:
    for models in ordinary.call("run", activation, config.models):
      times.models += models

  turns: list[Callable[[], None]] = [lab_turn, ordinary_turn]
  for _ in range(config.rounds):
    for turn in turns:
      turn()
    turns.reverse()
  return times


def _print(config: LabSpeedConfig, times: dict[str, _Times]) -> None:
  rows, ratios = [], {}
  for fidelity in (screen_for(config.full), config.full):
    for name, time_ in times.items():
      lab_compile = statistics.median(time_.lab_compile)
      ordinary_compile = statistics.median(time_.ordinary_compile)
      lab = statistics.median(time_.lab[fidelity])
      ordinary = time_.ordinary(fidelity, config.full.steps)
      ratios[name, fidelity] = ordinary / lab
      rows.append(
        (
          name,
          str(fidelity),
          f"{lab_compile:.2f}",
          f"{lab:.2f}",
          f"{_per_minute(lab_compile + lab):.1f}",
          f"{ordinary_compile:.2f}",
          f"{ordinary:.2f}",
          f"{_per_minute(ordinary_compile + ordinary):.1f}",
          f"{ordinary / lab:.2f}",
        )
      )
  columns = ("activation", "fidelity", "lab: compile s", "run s",
             "candidates/min", "ordinary: compile s", "run s",
             "candidates/min", "run ratio")  # fmt: skip
  title = f"The lab and the ordinary way, {NUM_PROCESSES} processes at a time"
  console.print_table(title, columns, rows)
  _explain(config, times, list(ratios.values()))


def _explain(
  config: LabSpeedConfig, times: dict[str, _Times], ratios: list[float]
) -> None:
  tasks = LabFitness().task_list
  trained = sum(len(t.models) for t in times.values())
  console.say(
    f"ordinary way: {trained} models were trained for {config.full.steps} "
    f"steps; run s is their median, by network, for {len(tasks)} tasks x "
    "seeds; compile s is not scaled"
  )
  difference = max(t.largest_difference() for t in times.values())
  console.say(
    f"largest difference of a model's OOD skill between the ways: "
    f"{difference:.1e}"
  )
  console.say(
    f"run time, ordinary / lab: geometric mean "
    f"{statistics.geometric_mean(ratios):.2f}, smallest {min(ratios):.2f} "
    "(at least 1.5 wanted)"
  )


def _per_minute(seconds: float) -> float:
  return NUM_PROCESSES * 60 / seconds
