"""Run directories, read and checked; nothing here writes."""
