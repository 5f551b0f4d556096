"""CLRS-30 (arXiv 2205.15659): validation that the search never sees."""
