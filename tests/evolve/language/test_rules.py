"""The tables of the language."""

import importlib

import pytest

from evolve.language import rules


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("path", rules.MODULES)
def test_all_that_is_allowed_exists(path):
  module = importlib.import_module(path)
  missing = [name for name in rules.MODULES[path] if not hasattr(module, name)]
  assert missing == []
