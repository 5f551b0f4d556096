"""Rewrites programs for other libraries, whichever they are."""
