"""Parameters of activations: their sharing, and the values they learn."""

import dataclasses
import enum
import math
from collections.abc import Mapping

_Record = Mapping[str, float | None]


class Share(enum.StrEnum):
  """The places that share a set of an activation's parameters."""

  FROZEN = "frozen"  # All sites: they stay at their default values.
  LAYER = "layer"  # A site.
  CHANNEL = "channel"  # A channel of a site, which is its last axis.


# Of a flag for the activations that do not say.
HELP = (
  "keyword arguments of activations, but for NAME:frozen, NAME:layer and "
  "NAME:channel: frozen at their default values, or trained, a set for each "
  "place where the activation stands, or for each channel there"
)


@dataclasses.dataclass(frozen=True)
class Learned:
  """The values that a parameter has learned.

  Attributes:
    first: its value before training.
    mean: over sites (and channels), and trainings.
    deviation: standard deviation over the same.
  """

  first: float
  mean: float
  deviation: float


def to_json(learned: Mapping[str, Learned]) -> dict[str, _Record]:
  """For a record, as plain JSON values; one that is not finite is null."""
  return {
    name: {k: _finite(v) for k, v in dataclasses.asdict(each).items()}
    for name, each in learned.items()
  }


def from_json(record: Mapping[str, _Record]) -> dict[str, Learned]:
  """The inverse of `to_json`."""
  return {
    name: Learned(**{k: math.nan if v is None else v for k, v in each.items()})
    for name, each in record.items()
  }


def _finite(value: float) -> float | None:
  return value if math.isfinite(value) else None
