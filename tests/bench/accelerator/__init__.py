"""Everything that is to be measured on an accelerator, in one visit.

`make accelerator-kit` prepares a folder on any machine. On the machine with the
accelerator, which needs JAX and no network,

  python3 -m tests.bench.accelerator --minutes=8 --out=DIR

in that folder tries each part for seconds and then measures, the most valuable
first. Each result is in DIR as soon as it is known, in at most 8 files of at
most 16 MB; `python -m tests.bench.accelerator.kit --back=DIR` takes them in, so
that trainings go on at the next visit.
"""
