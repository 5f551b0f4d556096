"""Imported before any test imports clrs, and TensorFlow with it."""

import tasks.clrs30  # noqa: F401
