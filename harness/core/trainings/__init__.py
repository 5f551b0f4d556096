"""Training runs: what the benchmarks share, from seeds to records."""
