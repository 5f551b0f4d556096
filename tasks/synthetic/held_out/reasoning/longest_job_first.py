"""The time at which machines have done all jobs, the longest begun first.

  two machines, jobs  5  3  4     3 and 4 on one     answer: 7

Each job goes to the machine that is free first. More jobs take longer. Their
durations are a drawn power of uniform ones.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  num_machines = int(rng.integers(2, 4))
  power = round(rng.uniform(1.2, 3), 1)

  def generate(
    rng: np.random.Generator, count: int, size: int
  ) -> tuple[np.ndarray, None, np.ndarray]:
    jobs = rng.uniform(size=(count, size)) ** power
    busy = np.zeros((count, num_machines))
    for job in -np.sort(-jobs, axis=1).T:
      busy[np.arange(count), busy.argmin(axis=1)] += job
    return jobs[..., None], None, busy.max(axis=1)

  return ReasoningTask(
    parameters={"num_machines": num_machines, "power": power},
    generate=generate,
  )


register(
  Generator(
    name="longest_job_first",
    family="reasoning",
    source="Graham's list scheduling",
    draw=_draw,
    streams=("dev_heldout",),
    tags=("scheduling",),
  )
)
