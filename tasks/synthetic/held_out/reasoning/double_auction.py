"""The gains of trade in a double auction.

  bids  0.9  0.4     asks  0.2  0.6     trades 0.9 at 0.2     answer: 0.7

The highest bids trade with the lowest asks, as long as they exceed them. A
node knows its price and its side. Larger markets trade more.
"""

import numpy as np

from tasks.lab.generator import Generator
from tasks.lab.reasoning import ReasoningTask
from tasks.lab.registry import register


def _draw(rng: np.random.Generator) -> ReasoningTask:
  buyers = round(rng.uniform(0.3, 0.7), 1)
  premium = round(rng.uniform(0.1, 1), 1)  # Of bids.

  def generate(
    rng: np.random.Generator, count: int, size: int
  ) -> tuple[np.ndarray, None, np.ndarray]:
    is_bid = rng.uniform(size=(count, size)) < buyers
    prices = rng.uniform(size=(count, size)) + premium * is_bid
    bids = -np.sort(-np.where(is_bid, prices, -np.inf), axis=1)
    asks = np.sort(np.where(is_bid, np.inf, prices), axis=1)
    gains = np.maximum(bids - asks, 0).sum(axis=1)
    return np.stack([prices, is_bid], axis=-1), None, gains

  return ReasoningTask(
    parameters={"buyers": buyers, "premium": premium}, generate=generate
  )


register(
  Generator(
    name="double_auction",
    family="reasoning",
    source="call markets, McAfee's double auction",
    draw=_draw,
    streams=("heldout",),
    tags=("market",),
  )
)
