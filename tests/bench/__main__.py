"""Measures what matters for the speed of a search; a quarter of an hour.

python -m tests.bench
"""

from harness.core import console
from tests.bench import lab_speed, overhead, population, workers

_NUM_PROBED = 40


def main() -> None:
  console.say("the search and its workers")
  programs = population.evolved_programs(400)
  probes = workers.run(programs[:_NUM_PROBED])
  overhead.run(overhead.OverheadConfig(), programs, probes)
  console.say("the lab; about ten minutes")
  lab_speed.run(lab_speed.LabSpeedConfig())


if __name__ == "__main__":
  main()
