"""The test splits of the benchmark, through upstream's TFDS builder."""
