"""The setting of all tests, their processes, and a fifth of the slow ones."""

import os
import signal
from typing import Any

import pytest

# A shell's background job ignores Ctrl-C, and so would the processes that tests
# start to interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Matrices of tests are small, and threads that wait for each other spin.
for _library in ("OPENBLAS", "OMP"):
  os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

# JAX takes longer to shorten the traceback of an error than to find the error.
os.environ.setdefault("JAX_TRACEBACK_FILTERING", "off")

# XLA compiles in a third of the time, into slower code.
os.environ.setdefault(
  "XLA_FLAGS",
  "--xla_cpu_use_fusion_emitters=false --xla_backend_optimization_level=0",
)

_FIFTHS = 5

# Files, by the beginnings of their paths, that make or import the same at a
# cost of seconds: values of translated programs, pools of searches, TensorFlow.
_TOGETHER = (
  ("tests/evolve/translate/exports/", "tests/evolve/translate/formulas/"),
  ("tests/evolve/search/",),
  (
    "tests/tasks/imagenet/data/test_datasets.py",
    "tests/tasks/imagenet/data/test_pipeline.py",
    "tests/tasks/imagenet/test_run.py",
  ),
)


def pytest_addoption(parser: pytest.Parser) -> None:
  parser.addoption(
    "--fifth",
    type=int,
    choices=range(_FIFTHS),
    help="run this fifth of the slow tests, and no others",
  )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
  """Refines --dist=loadfile: some files share a process."""
  if config.getoption("dist") != "loadfile":
    return None
  from xdist.scheduler import LoadFileScheduling

  class Scheduling(LoadFileScheduling):
    def _split_scope(self, nodeid: str) -> str:
      for files in _TOGETHER:
        if nodeid.startswith(files):
          return files[0]
      return super()._split_scope(nodeid)

  return Scheduling(config, log)


def pytest_collection_modifyitems(
  config: pytest.Config, items: list[pytest.Item]
) -> None:
  """Keeps a fifth of the slow test functions if --fifth asks for it."""
  fifth = config.getoption("fifth")
  if fifth is None:
    return
  slow = [item for item in items if item.get_closest_marker("slow")]
  functions = list(dict.fromkeys(map(_function, slow)))
  chosen = set(functions[fifth::_FIFTHS])
  config.hook.pytest_deselected(
    items=[item for item in items if _function(item) not in chosen]
  )
  items[:] = [item for item in slow if _function(item) in chosen]


def _function(item: pytest.Item) -> str:
  """A test without its parameters."""
  return item.nodeid.partition("[")[0]
