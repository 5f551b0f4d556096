"""The setting of all tests, and the choice of a fifth of the slow ones."""

import os
import signal

import pytest

# A shell's background job ignores Ctrl-C, and so would the processes that tests
# start to interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Matrices of tests are small: more threads wait for each other. NumPy reads it.
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


def pytest_addoption(parser: pytest.Parser) -> None:
  parser.addoption(
    "--fifth",
    type=int,
    choices=range(_FIFTHS),
    help="run this fifth of the slow tests, and no others",
  )


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
