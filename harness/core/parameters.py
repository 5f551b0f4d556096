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
    lost: share of the values that are not finite, which the others leave out;
      NaN of records from before it was known.
  """

  first: float
  mean: float
  deviation: float
  lost: float = 0.0


def to_json(learned: Mapping[str, Learned]) -> dict[str, _Record]:
  """For a record, as plain JSON values; one that is not finite is null."""
  return {name: _record(each) for name, each in learned.items()}


def from_json(record: Mapping[str, _Record]) -> dict[str, Learned]:
  """The inverse of `to_json`."""
  return {name: _learned(each) for name, each in record.items()}


def _record(learned: Learned) -> _Record:
  values = {k: _finite(v) for k, v in dataclasses.asdict(learned).items()}
  if not learned.lost:
    del values["lost"]
  return values


def _learned(record: _Record) -> Learned:
  values = {k: math.nan if v is None else v for k, v in record.items()}
  if math.isnan(values["mean"]):
    values.setdefault("lost", math.nan)
  return Learned(**values)


def _finite(value: float) -> float | None:
  return value if math.isfinite(value) else None
