"""The numbers of a training and its tests.

Those of the paper are of the Open Graph Benchmark's baselines (Hu et al., arXiv
2005.00687, and its example for molecules).
"""

import dataclasses
from collections.abc import Mapping
from typing import Any


@dataclasses.dataclass(frozen=True)
class Protocol:
  """Adam on the cross-entropy of a molecule's label.

  The test is after the epoch with the best ROC-AUC on the validation split.

  Attributes:
    model: a name in MODELS.
    layers: rounds of messages.
    hidden_size: width of the network.
    dropout: share of hidden numbers that a step leaves out.
    epochs: passes over the training molecules.
    batch_size: molecules of a step.
    learning_rate: of Adam.
  """

  model: str = "gin"
  layers: int = 5
  hidden_size: int = 300
  dropout: float = 0.5
  epochs: int = 100
  batch_size: int = 32
  learning_rate: float = 1e-3

  @classmethod
  def of(cls, settings: Mapping[str, Any]) -> "Protocol":
    """The protocol of a run, by the settings in its run.json."""
    fields = dataclasses.fields(cls)
    return cls(**{field.name: settings[field.name] for field in fields})


PAPER = Protocol()
# Ours, for two cores; provisional.
FAST = Protocol(layers=3, hidden_size=64, dropout=0.2, epochs=8)
PRESETS = {"paper": PAPER, "fast": FAST}
