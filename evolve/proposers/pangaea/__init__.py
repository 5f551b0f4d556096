"""PANGAEA: evolution of forms, whose parameters networks learn."""
