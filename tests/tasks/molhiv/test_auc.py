"""The ROC-AUC of a split."""

import math
import sys

import numpy as np
import pytest

from harness.core.errors import UserError
from tasks.molhiv import auc

LABELS = np.array([0, 1, 1])


def test_the_share_of_pairs_in_the_right_order() -> None:
  assert auc.roc_auc(LABELS, np.array([0.5, 0.5, 0.7])) == pytest.approx(0.75)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_number_that_is_not_finite_has_no_score(value: float) -> None:
  assert auc.roc_auc(LABELS, np.array([0.0, 1.0, value])) is None


def test_scikit_learn_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
  auc.check()
  monkeypatch.setitem(sys.modules, "sklearn.metrics", None)
  message = r"^can't import sklearn.*: pip install 'actmine\[molecules\]'$"
  with pytest.raises(UserError, match=message):
    auc.check()
