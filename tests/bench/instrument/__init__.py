"""Is the lab a good instrument? The experiment (see BUILD_NOTES.md).

In order:

  M="python -m tests.bench.instrument.measure"
  $M dev@2/128/0 choice --num_seeds=2
  $M dev_heldout@2/32/0 choice --num_seeds=2
  python -m tests.bench.instrument.choose
  for suite in lab@2/64/0 fresh@2/128/0 heldout@2/64/0 dev@2/64/0; do
    $M $suite confirmation
  done
  $M lab@2/64/0 confirmation --seed=1
  $M lab@2/64/0 confirmation --seed=1 --steps=100
  python -m tests.bench.instrument.confirm
"""
