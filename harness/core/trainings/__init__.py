"""What the benchmarks' training runs share: from groups of seeds to records."""
