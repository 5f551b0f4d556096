"""A small search whose candidates a model writes, in a process of its own, too.

  python -m tests.evolve.proposers.llm.modelled WORKDIR EVALUATIONS BASE_URL

The model is a real HTTP server on loopback; what it says depends on the prompt
only, and is as mixed as what models say.
"""

import contextlib
import dataclasses
import json
import sys
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evolve.program import Program
from evolve.proposers.expression import ExpressionMutator, RandomMutator
from evolve.proposers.llm.author import Author, AuthorConfig
from evolve.proposers.llm.client_config import (
  Caps,
  ClientConfig,
  RetryPolicy,
  Sampling,
)
from evolve.proposers.llm.models import Model, Price
from evolve.proposers.mixed import MixedProposer
from evolve.proposers.mutator import MutatorProposer
from evolve.search.search import Search
from evolve.workers.pool import WorkerPool
from harness.core.workdir import Workdir
from tests.evolve.fitnesses import RandomFeatures
from tests.evolve.proposers.llm.chat_server import (
  MODEL,
  Reply,
  Request,
  cut,
  slow,
)
from tests.evolve.search import searching

_GENERATION_ZERO = searching.GENERATION_ZERO[:3]  # All are OK.
NUM_ZERO = len(_GENERATION_ZERO)
PRICE = Price(prompt=1.0, completion=4.0)
_HOSTILE = "import os\n\ndef activation(x):\n  os.abort()\n  return x\n"
# Written beforehand: ast.parse is not safe in the server's threads (CPython
# issue 106905).
_PROGRAMS = [
  RandomMutator().propose([], np.random.default_rng(seed))
  for seed in range(200)
]


def answer(request: Request) -> Reply | str:
  """The answer of a model, which depends on what it was told."""
  rng = np.random.default_rng(zlib.crc32(json.dumps(request.messages).encode()))
  program = _PROGRAMS[rng.integers(len(_PROGRAMS))]
  return (
    f"Let me think.\n\n```python\n{program}```\n",
    program,
    f"```python\n{_HOSTILE}```",
    "I'd rather not.",
    cut(f"```python\n{program[:40]}"),
    f"```python\n{program.replace('return', 'return missing +')}```",
    f"Better:\n```\n{program}",
  )[rng.integers(7)]


def answer_slowly(request: Request) -> Reply | str:
  """The same, after a while that makes later answers overtake earlier ones."""
  return slow(answer(request), 0.05 * (request.number * 7 % 5))


def author_config(base_url: str, **changes: Any) -> AuthorConfig:
  """The models at `base_url`; `changes` are of the AuthorConfig."""
  config = AuthorConfig(
    models=(Model(MODEL, base_url, price=PRICE),),
    client=client_config(),
  )
  return dataclasses.replace(config, **changes)


def client_config(**changes: Any) -> ClientConfig:
  config = ClientConfig(
    sampling=Sampling(max_tokens=200),
    concurrency=4,
    caps=Caps(),
    retry_policy=RetryPolicy(outage_tries=8, backoff=0.01),
  )
  return dataclasses.replace(config, **changes)


@contextlib.contextmanager
def search(
  directory: Path,
  evaluations: int,
  config: AuthorConfig,
  pool: WorkerPool,
  generation_zero: Sequence[Program] = _GENERATION_ZERO,
  **changes: Any,
) -> Iterator[Search]:
  """A search that is ready to run; `changes` are of its SearchConfig."""
  directory.mkdir(exist_ok=True)
  settings = dataclasses.replace(searching.config(evaluations), **changes)
  record = directory / "programs.sqlite"
  goal = RandomFeatures().goal
  with Author(config, record, settings.admission, goal) as author:
    mutator = MutatorProposer(ExpressionMutator())
    proposer = MixedProposer(
      author, mutator, config.share, len(generation_zero)
    )
    yield searching.make(directory, pool, settings, proposer, generation_zero)


def table_of(
  directory: Path, evaluations: int, config: AuthorConfig, pool: WorkerPool
) -> list[tuple[Any, ...]]:
  """Runs a search to its end; what it recorded."""
  with search(directory, evaluations, config, pool) as run:
    run.run()
  return searching.table(directory)


def main() -> None:
  directory, evaluations, base_url = Path(sys.argv[1]), *sys.argv[2:]
  Workdir(str(directory), resume=True)
  config = author_config(base_url)
  with (
    searching.RecordingPool(2) as pool,
    search(directory, int(evaluations), config, pool) as run,
  ):
    run.run(lambda row, is_new: print(row.slot, is_new, flush=True))
  print("finished", flush=True)


if __name__ == "__main__":
  main()
