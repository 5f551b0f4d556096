"""Is the lab a good instrument? The experiment (see BUILD_NOTES.md).

In order:

  python -m tests.bench.instrument.pool RUN...
  python -m tests.bench.instrument.measure dev@2/128/0 choice
  python -m tests.bench.instrument.measure dev_heldout@2/32/0 choice
  python -m tests.bench.instrument.choose
  python -m tests.bench.instrument.measure lab@2/64/0 confirmation
  python -m tests.bench.instrument.measure fresh@2/128/0 confirmation
  python -m tests.bench.instrument.measure heldout@2/64/0 confirmation
  python -m tests.bench.instrument.confirm
"""
