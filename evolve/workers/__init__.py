"""Worker processes: where candidates run, and nowhere else."""
