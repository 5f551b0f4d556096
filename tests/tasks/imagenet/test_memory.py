"""Free memory, compared with what a training takes."""

import pytest

from harness.core import memory as core_memory
from harness.core.errors import UserError
from tasks.imagenet import memory


def test_a_training_may_take_all_free_memory_and_no_more(
  monkeypatch: pytest.MonkeyPatch,
) -> None:
  monkeypatch.setattr(core_memory, "host_free", lambda: 10**9)
  memory.check(10**9, "it")
  with pytest.raises(UserError, match=r"it takes 2\.5 GB .*which 1\.0 GB"):
    memory.check(25 * 10**8, "it")
