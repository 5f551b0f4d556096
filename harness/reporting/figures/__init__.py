"""Drawings. Each module draws one kind from plain data and knows no run."""
