"""Two tasks of the lab, for commands that are to be quick."""

from tasks.lab import registry
from tasks.lab.suites import Suite

_SUITE, _WORDS = Suite(num_tasks=5), ("polynomials", "harmonics")
FLAGS = (f"--num_tasks={_SUITE.num_tasks}", f"--tasks={','.join(_WORDS)}")
LABEL, _tasks = registry.select(_SUITE, _WORDS)
TASKS = tuple(task.name for task in _tasks)
