"""Settings of the calls to language models."""

import dataclasses
from collections.abc import Sequence

from evolve.proposers.llm.models import Model
from harness.core.errors import UserError


@dataclasses.dataclass(frozen=True)
class Sampling:
  """Settings of one call.

  Attributes:
    temperature: of the sampling.
    max_tokens: of an answer.
    timeout: seconds for the whole call.
  """

  temperature: float = 1.0
  max_tokens: int = 2048
  timeout: float = 180.0


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
class ClientConfig:
  """Settings of all calls.

  Attributes:
    concurrency: calls in flight at a time.
  """

  sampling: Sampling = dataclasses.field(default_factory=Sampling)
  concurrency: int = 8
  caps: Caps = dataclasses.field(default_factory=Caps)
  retry_policy: RetryPolicy = dataclasses.field(default_factory=RetryPolicy)
