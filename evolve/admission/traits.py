"""The traits of a candidate that a search keeps: niche, signature and cost."""

import base64
import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from evolve.admission.descriptors import PROBE_GRID, describe
from evolve.admission.probe import Probe
from evolve.cost import Cost
from harness.core.parameters import Share

# Every 25th point of the probe grid: 129 values and as many slopes.
STRIDE = 25
SIGNATURE_SIZE = 2 * len(range(0, len(PROBE_GRID), STRIDE))


@dataclasses.dataclass(frozen=True)
class Traits:
  """The traits of one candidate.

  Attributes:
    niche: its cell in the archive's grid.
    pointwise: whether each output depends on its own input alone.
    signature: float32 [SIGNATURE_SIZE], values and slopes on a part of the
      probe grid; with trained parameters, at their first values.
    cost: of one call.
    share: of trained parameters.
    moved: of trained parameters, the same at other values (see Probe).
  """

  niche: tuple[int, ...]
  pointwise: bool
  signature: np.ndarray
  cost: Cost
  share: Share = Share.FROZEN
  moved: np.ndarray | None = None

  @classmethod
  def of(cls, source: str, probe: Probe) -> "Traits":
    """The traits of a program whose probe succeeded."""
    return cls(
      describe(source, probe.values).niche,
      probe.pointwise,
      _thinned(probe.values, probe.slopes),
      probe.cost,
      probe.share,
      None if probe.moved is None else _thinned(*probe.moved),
    )

  def to_json(self) -> dict[str, Any]:
    record = {
      "niche": list(self.niche),
      "pointwise": self.pointwise,
      "signature": _to_text(self.signature),
      "cost": dataclasses.asdict(self.cost),
      "share": self.share.value,
    }
    if self.moved is not None:
      record["moved"] = _to_text(self.moved)
    return record

  @classmethod
  def from_json(cls, record: Mapping[str, Any]) -> "Traits":
    """The inverse of `to_json`."""
    return cls(
      tuple(record["niche"]),
      record["pointwise"],
      _from_text(record["signature"]),
      Cost(**record["cost"]),
      Share(record.get("share", Share.FROZEN)),
      _from_text(record["moved"]) if "moved" in record else None,
    )


def _thinned(values: np.ndarray, slopes: np.ndarray) -> np.ndarray:
  curves = np.concatenate([values[::STRIDE], slopes[::STRIDE]])
  return curves.astype(np.float32)


def _to_text(signature: np.ndarray) -> str:
  return base64.b64encode(signature.tobytes()).decode()


def _from_text(text: str) -> np.ndarray:
  return np.frombuffer(base64.b64decode(text), np.float32)
