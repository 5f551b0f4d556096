"""Candidates that a surrogate of their training thinks best."""
