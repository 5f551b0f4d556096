"""CLRS-30 (arXiv 2205.15659): validation that the search never sees."""

from tasks.clrs30.without_tensorflow import import_clrs

import_clrs()
