"""The synthetic lab: what a file under tasks/synthetic needs to define a task."""
