"""Settings of the calls to language models."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from evolve.proposers.llm.models import Model
from harness.core.errors import UserError


@dataclasses.dataclass(frozen=True)
class Sampling:
  """Settings of one call.

  Attributes:
    temperature: of the sampling.
    max_tokens: of an answer; what a model thinks counts, which is 1,000 to
      15,000 for a task like this.
    timeout: seconds for the whole call.
    extra: fields of requests beyond those of the protocol, or in their place.
  """

  temperature: float = 1.0
  max_tokens: int = 16_384
  timeout: float = 300.0
  extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Caps:
  """Upper limits of the spending of a run; None for no limit.

  Attributes:
    cost: US dollars.
    tokens: of prompts and answers.
  """

  cost: float | None = None
  tokens: int | None = None

  def check(self, models: Sequence[Model]) -> None:
    """Raises a UserError if a price is missing that the cap needs."""
    unpriced = [m.name for m in models if m.price is None]
    if self.cost is not None and unpriced:
      raise UserError(
        f"--max_llm_cost needs the price of {', '.join(unpriced)}; give it in "
        "a file with --llm_prices"
      )


@dataclasses.dataclass(frozen=True)
class RetryPolicy:
  """Repetition of failed calls; by default, an outage may last three minutes.

  Attributes:
    tries: failed ones of a question before another question is answered; then
      the question is given up.
    outage_tries: failed ones of a question in a row while no question is
      answered; then the run ends.
    backoff: seconds, at most, before the second try; doubled for each further
      one, up to a minute, unless the server asks for a certain wait.
  """

  tries: int = 5
  outage_tries: int = 12
  backoff: float = 1.0


@dataclasses.dataclass(frozen=True)
class HedgePolicy:
  """Second calls for those that hang.

  Attributes:
    factor: how many times the usual seconds a call may take before a second
      one is made; the usual is the median of a model's answers.
    least: seconds that any call may take.
    known: answers of a model before its usual time is known.
  """

  factor: float = 4.0
  least: float = 10.0
  known: int = 3


@dataclasses.dataclass(frozen=True)
class ClientConfig:
  """Settings of all calls.

  Attributes:
    concurrency: calls in flight at a time, second ones of those that hang
      aside.
  """

  sampling: Sampling = dataclasses.field(default_factory=Sampling)
  concurrency: int = 8
  caps: Caps = dataclasses.field(default_factory=Caps)
  retry_policy: RetryPolicy = dataclasses.field(default_factory=RetryPolicy)
  hedge_policy: HedgePolicy = dataclasses.field(default_factory=HedgePolicy)
