"""Training runs: what CLRS-30 and images share, from seeds to records."""
