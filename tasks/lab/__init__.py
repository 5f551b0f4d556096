"""The synthetic lab: what defines a task, and what trains and scores it."""
