"""Experiments on the settings of a search and on its strategies.

  python -m tests.bench.strategies.ablations --budget=200 --seeds=0,1

runs the variants of `ablations` by turns, at one budget, and judges what they
find on dev tasks, which no claim is about;

  python -m tests.bench.strategies.compare

runs all strategies;

  python -m tests.bench.strategies.choose

chooses one of the winners by dev tasks, and

  python -m tests.bench.strategies.claim NAME 1

tests it, once, on tasks that nobody has looked at. Records:
results/strategies.
"""

from pathlib import Path

RUNS = Path("runs/strategies")
KEPT = Path("results/strategies")
BEGUN = KEPT / "begun"  # Unfinished ones, by `begun`.

# Numbers of tasks, and of draws, of the fresh and held-out tasks that searches
# and the instrument reported on.
REPORTED = ((64, 0), (128, 0))

# Generation zero of all of them: the well-known functions take a third of a
# budget of 200, these eight an eighth.
FIRST = "relu,elu,softplus,tanh,gelu,swish,hard_swish,gelusine"
