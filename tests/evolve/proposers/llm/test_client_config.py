"""Settings of the calls to language models."""

import pytest

from evolve.proposers.llm.client_config import Caps
from evolve.proposers.llm.models import Model, Price
from harness.core.errors import UserError


def test_a_cost_cap_needs_all_prices() -> None:
  url = "http://localhost:1/v1"
  priced = Model("priced", url, price=Price(1000.0, 5000.0))
  models = [priced, Model("unpriced", url), Model("m", url)]
  with pytest.raises(UserError, match=r"price of unpriced, m; .*--llm_prices"):
    Caps(cost=1.0).check(models)
  with pytest.raises(UserError):
    Caps(cost=0.0).check(models)
  Caps(tokens=1).check(models)
  Caps(cost=1.0).check([priced])
