"""How language models are asked, and how much."""

import dataclasses

from evolve.proposers.llm.breaker import Patience
from evolve.proposers.llm.spending import Caps

__all__ = ["Caps", "ClientConfig", "Patience", "Sampling"]


@dataclasses.dataclass(frozen=True)
class Sampling:
  """What a model is asked for.

  Attributes:
    max_tokens: of an answer.
    timeout: seconds for one call.
  """

  temperature: float = 1.0
  max_tokens: int = 2048
  timeout: float = 180.0


@dataclasses.dataclass(frozen=True)
class ClientConfig:
  """How models are asked.

  Attributes:
    concurrency: calls in flight at a time.
  """

  sampling: Sampling = dataclasses.field(default_factory=Sampling)
  concurrency: int = 8
  caps: Caps = dataclasses.field(default_factory=Caps)
  patience: Patience = dataclasses.field(default_factory=Patience)
