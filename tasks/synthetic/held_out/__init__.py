"""Generators of kinds that the lab lacks, for held-out tasks.

A third of each kind is for decisions of ours about the lab (dev_heldout), so
that the others stay unseen: of its names in alphabetical order, kind by kind,
those chosen by NumPy's default_rng(2).choice without replacement.
"""
