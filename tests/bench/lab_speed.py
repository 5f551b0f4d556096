"""Three ways to train the lab's networks with a function never seen before.

The ordinary way: one jitted step per model, in a loop. One program: all models
of a network compiled together, for each function. The lab: a table trained by a
program compiled long ago; or one program, where a search would use that.

Four processes take turns, two at a time, each on one core: two run the lab, two
the ordinary way. The latter never register the lab's fast sine, which would
speed up the ordinary way too. Turns alternate, so that whatever else the
machine does hits all. The skills reached are compared: none can win by doing
less.
"""

import dataclasses
import multiprocessing
import os
import statistics
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from evolve import candidates
from evolve.activations import ACTIVATIONS
from evolve.admission import tables
from evolve.admission.admission import Admission
from evolve.workers.jobs import Answer, ProbeJob
from evolve.workers.pool import WorkerPool
from harness.core import console
from harness.core.fitness import Fidelity, Report
from harness.core.printed_table import print_table
from harness.core.table import GRID, Table
from tasks.lab.fitness import FULL, LabFitness, screen_for
from tests.bench import matrix_products
from tests.bench.ordinary import Ordinary, Trained

NUM_PROCESSES = 2  # One for each core.
ELEMENT_MIXING = ("turbulent", "phase_flip")


@dataclasses.dataclass(frozen=True)
class LabSpeedConfig:
  """The amount of work to time.

  Attributes:
    activations: names; from cheap to dear, and the two without a table.
    full: the fidelity; the screen goes with it.
    rounds: turns of each way, for each activation; one is enough for a mean
      over all.
    models: how many of each network a process trains in the ordinary way in a
      turn; the time of the others follows from theirs.
  """

  activations: tuple[str, ...] = (
    "relu",
    "swish",
    "mish",
    "gelusine",
    "gelu_sinc_perturbation",
    *ELEMENT_MIXING,
  )
  full: Fidelity = FULL
  rounds: int = 1
  models: dict[str, int] = dataclasses.field(
    default_factory=lambda: {"mlp": 4, "pooling": 2, "processor": 1}
  )


class Lab:
  """The lab as a worker of the search uses it."""

  def __init__(self, full: Fidelity, index: int):
    del index  # All processes have the same work.
    self._lab = LabFitness()
    self._lab.prepare(0, full)
    table = _table_of("relu")
    assert table
    self.run_table(table, Fidelity(1, 1))  # Compiles.

  def compile(self, activation: str) -> float:
    """Seconds to trace and compile: what a first evaluation takes longer."""
    first, again = (self.run(activation, Fidelity(1, 1)) for _ in range(2))
    return first[0] - again[0]

  def run(self, activation: str, fidelity: Fidelity) -> tuple[float, Report]:
    """Seconds of an evaluation, and its report."""
    start = time.perf_counter()
    reports = self._lab.evaluate([ACTIVATIONS[activation]], 0, fidelity)
    return time.perf_counter() - start, reports[0]

  def run_table(self, table: Table, fidelity: Fidelity) -> tuple[float, Report]:
    """Seconds of an evaluation by table, and its report."""
    start = time.perf_counter()
    reports = self._lab.evaluate([table], 0, fidelity)
    return time.perf_counter() - start, reports[0]

  def peak_flops(self) -> float:
    """See `matrix_products.peak_flops`."""
    return matrix_products.peak_flops()


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
    """The results of all processes."""
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
  tables: dict[Fidelity, list[float]]
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
  """Times all ways, and prints them."""
  os.environ["NPROC"] = "1"  # As the search sets it for its workers.
  probes = _probe_seconds(config.activations)
  lab, ordinary = _Pair(Lab, config.full), _Pair(Ordinary, config.full)
  peak = sum(lab.call("peak_flops")) / NUM_PROCESSES
  times = {}
  with console.Progress() as progress:
    for count, name in enumerate(config.activations, 1):
      times[name] = _time(config, lab, ordinary, name)
      progress.show(f"{count} of {len(config.activations)} activations timed")
  lab.close()
  ordinary.close()
  _print(config, times, probes, peak)


def _probe_seconds(names: Sequence[str]) -> dict[str, float]:
  """From source to table in a fresh process, both cores busy."""
  named = candidates.named()
  with WorkerPool({}, NUM_PROCESSES) as pool:
    probes = {n: pool.submit(_TimedProbe(named[n], Admission())) for n in names}
    while pool.num_open:
      pool.wait()
  return {name: future.result() for name, future in probes.items()}


class _TimedProbe(ProbeJob):
  """A probe of which only the seconds matter."""

  def result(self, answer: Answer) -> Any:
    return answer.seconds


def _table_of(name: str) -> Table | None:
  """As a probe makes it; None where a search would train without one."""
  function = ACTIVATIONS[name]
  if name in ELEMENT_MIXING:
    return None
  x = jnp.asarray(GRID)
  both = jax.jit(lambda x: jax.jvp(function, (x,), (jnp.ones_like(x),)))(x)
  return tables.table_of(*map(np.asarray, both))


def _time(
  config: LabSpeedConfig, lab: _Pair, ordinary: _Pair, activation: str
) -> _Times:
  fidelities = (screen_for(config.full), config.full)
  times = _Times(
    lab.call("compile", activation),
    ordinary.call("compile", activation),
    lab={fidelity: [] for fidelity in fidelities},
    tables={fidelity: [] for fidelity in fidelities},
    models=[],
  )
  table = _table_of(activation)

  def lab_turn() -> None:
    for fidelity in fidelities:
      for seconds, report in lab.call("run", activation, fidelity):
        times.lab[fidelity].append(seconds)
        times.report = report

  def table_turn() -> None:
    for fidelity in fidelities if table else ():
      for seconds, _ in lab.call("run_table", table, fidelity):
        times.tables[fidelity].append(seconds)

  def ordinary_turn() -> None:
    for models in ordinary.call("run", activation, config.models):
      times.models += models

  turns: list[Callable[[], None]] = [lab_turn, ordinary_turn, table_turn]
  for _ in range(config.rounds):
    for turn in turns:
      turn()
    turns.reverse()
  return times


def _print(
  config: LabSpeedConfig,
  times: dict[str, _Times],
  probes: dict[str, float],
  peak: float,
) -> None:
  columns = ("activation", "fidelity", "ordinary: compile s", "run s",
             "one program: compile s", "run s", "lab: probe s", "run s",
             "candidates/min", "ordinary / lab", "one program / lab",
             "% of products")  # fmt: skip
  for fidelity in (screen_for(config.full), config.full):
    products = matrix_products.flops_of(LabFitness(), fidelity) / peak
    rows, ratios = [], []
    for name, time_ in times.items():
      ordinary = (
        statistics.median(time_.ordinary_compile),
        time_.ordinary(fidelity, config.full.steps),
      )
      program = (
        statistics.median(time_.lab_compile),
        statistics.median(time_.lab[fidelity]),
      )
      by_table = time_.tables[fidelity]
      train = statistics.median(by_table) if by_table else sum(program)
      lab = probes[name] + train
      ratios.append((sum(ordinary) / lab, (probes[name] + sum(program)) / lab))
      numbers = (*ordinary, *program, probes[name], train)
      rows.append(
        (
          name if by_table else f"{name} (no table)",
          str(fidelity),
          *(f"{number:.2f}" for number in numbers),
          f"{_per_minute(lab):.1f}",
          *(f"{ratio:.2f}" for ratio in ratios[-1]),
          f"{100 * products / train:.0f}",
        )
      )
    title = f"Unseen candidates, {NUM_PROCESSES} processes at a time"
    print_table(title, columns, rows)
    _print_means(fidelity, ratios)
  _explain(config, times, peak)


def _print_means(
  fidelity: Fidelity, ratios: Sequence[tuple[float, float]]
) -> None:
  for way, column in zip(
    ("the ordinary way", "one program for each"),
    zip(*ratios, strict=True),
    strict=True,
  ):
    console.say(
      f"{fidelity}: the lab is {statistics.geometric_mean(column):.2f} times "
      f"as fast as {way} (geometric mean; {min(column):.2f} to "
      f"{max(column):.2f})"
    )


def _explain(
  config: LabSpeedConfig, times: dict[str, _Times], peak: float
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
    f"largest difference of a model's OOD skill between the ordinary way and "
    f"one program: {difference:.1e}"
  )
  console.say(
    f"% of products: matrix products at {peak / 1e9:.0f} GFLOP/s, as large "
    "ones reach in a process while the other does the same, over run s"
  )


def _per_minute(seconds: float) -> float:
  return NUM_PROCESSES * 60 / seconds
