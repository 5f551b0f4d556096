"""The canonical form of programs."""

import numpy as np
import pytest

from evolve import activations
from tests.evolve.proposers.expression.sources import (
  WAVE,
  WRITTEN,
  outputs,
  tidy,
)


def test_the_canonical_form_computes_the_same():
  named = [activations.source(name) for name in activations.names()]
  programs = [*named, WRITTEN, WAVE]
  found = outputs(*map(tidy, programs), *programs)
  for i, source in enumerate(programs):
    np.testing.assert_allclose(
      found[i], found[len(programs) + i], rtol=1e-5, atol=1e-5, err_msg=source
    )


@pytest.mark.parametrize("source", [WRITTEN, WAVE])
def test_the_canonical_form_is_plain(source):
  plain = tidy(source)
  assert tidy(plain) == plain
  assert "import" not in plain and '"""' not in plain
