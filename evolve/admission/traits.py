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
      probe grid; of trained parameters, with other values (see Probe).
    cost: of one call.
    share: of trained parameters.
  """

  niche: tuple[int, ...]
  pointwise: bool
  signature: np.ndarray
  cost: Cost
  share: Share = Share.FROZEN

  @classmethod
  def of(cls, source: str, probe: Probe) -> "Traits":
    """The traits of a program whose probe succeeded."""
    values, slopes = probe.values, probe.slopes
    if probe.moved is not None:
      values, slopes = probe.moved
    curves = np.concatenate([values[::STRIDE], slopes[::STRIDE]])
    return cls(
      describe(source, probe.values).niche,
      probe.pointwise,
      curves.astype(np.float32),
      probe.cost,
      probe.share,
    )

  def to_json(self) -> dict[str, Any]:
    return {
      "niche": list(self.niche),
      "pointwise": self.pointwise,
      "signature": base64.b64encode(self.signature.tobytes()).decode(),
      "cost": dataclasses.asdict(self.cost),
      "share": self.share.value,
    }

  @classmethod
  def from_json(cls, record: Mapping[str, Any]) -> "Traits":
    """The inverse of `to_json`."""
    signature = np.frombuffer(base64.b64decode(record["signature"]), np.float32)
    return cls(
      tuple(record["niche"]),
      record["pointwise"],
      signature,
      Cost(**record["cost"]),
      Share(record.get("share", Share.FROZEN)),
    )
