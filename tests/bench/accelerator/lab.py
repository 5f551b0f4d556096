"""The lab: candidates a minute by the number that train side by side."""

import contextlib
import itertools
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest import mock

import jax
import jax.numpy as jnp
import numpy as np

from evolve.activations import ACTIVATIONS
from harness.core.fitness import Fidelity, Report, Status
from harness.core.table import GRID, Table
from tasks.lab import fitness, training
from tasks.lab.blocks import Block
from tasks.lab.fitness import FULL, LabFitness
from tasks.lab.suites import LAB, Suite
from tasks.lab.training import train_and_test_tables
from tests.bench import matrix_products
from tests.bench.accelerator.visit import Visit, is_out_of_memory, peak_memory

_TABULATED = ("relu", "gelu", "swish", "hard_swish", "elu", "gelusine")
_COMPILED = ("swish", "gelusine")
_SIZES = (64, 1, 8, 512)
_PRODUCT_SIZE = 8192
# Few enough that rounding has not been amplified by training.
_EQUAL_STEPS = 10
# Of losses; products of TensorFloat-32 have 10 bits.
TOLERANCE = 0.05


def measure(visit: Visit) -> None:
  suite = Suite(num_tasks=4) if visit.is_trial else LAB
  full = Fidelity(4, 1) if visit.is_trial else FULL
  sizes = (2,) if visit.is_trial else _SIZES
  side = 64 if visit.is_trial else _PRODUCT_SIZE
  peak = matrix_products.peak_flops(side)
  visit.add("float32 products", peak / 1e12, "TFLOP/s", size=side)
  flops = matrix_products.flops_of(LabFitness(suite), full)
  _compile(visit, suite, sizes)
  for size in sizes:
    _time_tables(visit, suite, full, size, flops / peak)
  _compare_with_cpu(visit, suite, full)
  for name in _COMPILED[:1] if visit.is_trial else _COMPILED:
    _time_compiled(visit, suite, full, name)
  _time_other_level(visit, suite, full, sizes[0])


def table(name: str) -> Table:
  """The table of a named pointwise activation."""
  activation = ACTIVATIONS[name]
  slope = jax.vmap(jax.grad(lambda x: jnp.sum(activation(x))))
  grid = jnp.asarray(GRID)
  return Table.of(np.asarray(activation(grid)), np.asarray(slope(grid)))


def _tables(count: int) -> list[Table]:
  few = [table(name) for name in _TABULATED]
  return list(itertools.islice(itertools.cycle(few), count))


def _compile(visit: Visit, suite: Suite, sizes: Sequence[int]) -> None:
  """Compiles the programs of all sizes side by side."""
  blocks = {block.family: block for block in LabFitness(suite).blocks}

  def work(size: int, block: Block) -> None:
    tables = jax.tree.map(lambda *a: np.stack(a), *_tables(size))
    drawn = jax.device_put(block.draw(0, 0))
    with contextlib.suppress(jax.errors.JaxRuntimeError):  # Shown later.
      jax.block_until_ready(
        train_and_test_tables(drawn, 1, tables, family=block.family)
      )

  start = time.perf_counter()
  with ThreadPoolExecutor(os.cpu_count()) as threads:
    jobs = [
      threads.submit(work, size, block)
      for size in sizes
      for block in blocks.values()
    ]
  for job in jobs:
    job.result()
  seconds = time.perf_counter() - start
  visit.add("compilation", seconds, "s", sizes=list(sizes))


def _time_tables(
  visit: Visit, suite: Suite, full: Fidelity, size: int, seconds_at_peak: float
) -> None:
  """Candidates a minute by table.

  Args:
    visit: gets the results.
    suite: of the tasks.
    full: the fidelity.
    size: candidates that train side by side.
    seconds_at_peak: of a candidate's matrix products.
  """
  lab = LabFitness(suite, batch_size=size)
  lab.prepare(0, full)
  try:
    seconds, _ = _timed(lab, _tables(size), full)
  except jax.errors.JaxRuntimeError as error:
    if not is_out_of_memory(error):
      raise
    visit.add("candidates by table", "out of memory", "", side_by_side=size)
    return
  share = 100 * seconds_at_peak * size / seconds
  visit.add(
    "candidates by table",
    60 * size / seconds,
    "a minute",
    side_by_side=size,
    steps=full.steps,
    percent_of_peak=round(share, 2),
    peak_bytes=peak_memory(),
  )


def _time_compiled(
  visit: Visit, suite: Suite, full: Fidelity, name: str
) -> None:
  """Candidates a minute that are compiled in, compilation included."""
  lab = LabFitness(suite)
  lab.prepare(0, full)
  first, _ = _timed(lab, [ACTIVATIONS[name]], full)
  second, _ = _timed(lab, [ACTIVATIONS[name]], full)
  visit.add(
    "candidates compiled in",
    60 / first,
    "a minute",
    activation=name,
    steps=full.steps,
    seconds_when_compiled=round(second, 2),
  )


def _time_other_level(
  visit: Visit, suite: Suite, full: Fidelity, size: int
) -> None:
  """The same with XLA's own choice of its level of optimisation."""
  ours: Any = training.train_and_test_tables
  plain = jax.jit(ours.__wrapped__, static_argnames=("family",))
  lab = LabFitness(suite, batch_size=size)
  lab.prepare(0, full)
  with mock.patch.object(fitness, "train_and_test_tables", plain):
    first, _ = _timed(lab, _tables(size), full)
    second, _ = _timed(lab, _tables(size), full)
  visit.add(
    "candidates by table, XLA's own level",
    60 * size / second,
    "a minute",
    side_by_side=size,
    compile_seconds=round(first - second, 1),
  )


def _compare_with_cpu(visit: Visit, suite: Suite, full: Fidelity) -> None:
  """Losses after a few steps, and values in full, here and on the CPU."""
  few = Fidelity(_EQUAL_STEPS, 1)
  here = _evaluated(suite, few, full)
  with jax.default_device(jax.devices("cpu")[0]):
    there = _evaluated(suite, few, full)
  worst = max(
    abs(here[0].id_loss[task] / loss - 1)
    for task, loss in there[0].id_loss.items()
  )
  visit.add(
    "difference from the CPU",
    worst,
    "of a task's ID loss, at most",
    steps=few.steps,
    tolerance=TOLERANCE,
    is_within=bool(worst <= TOLERANCE),
  )
  values = [float(reports[1].value or 0.0) for reports in (here, there)]
  visit.add(
    "difference from the CPU",
    abs(values[0] - values[1]),
    "of the value",
    steps=full.steps,
    values=[round(value, 4) for value in values],
  )


def _evaluated(suite: Suite, *fidelities: Fidelity) -> list[Report]:
  lab = LabFitness(suite)
  return [_timed(lab, _tables(1), each)[1][0] for each in fidelities]


def _timed(
  lab: LabFitness, activations: Sequence[Any], fidelity: Fidelity
) -> tuple[float, list[Report]]:
  """Seconds of an evaluation, and its reports.

  Raises:
    RuntimeError: one is not OK.
  """
  start = time.perf_counter()
  reports = lab.evaluate(activations, 0, fidelity)
  seconds = time.perf_counter() - start
  for report in reports:
    if report.status is not Status.OK:
      raise RuntimeError(f"{report.status}: {report.feedback}")
  return seconds, reports
