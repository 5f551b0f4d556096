"""Differences between settings and diverged trainings, in words."""

import dataclasses

from harness.core.trainings.wording import differences, divergences


@dataclasses.dataclass(frozen=True)
class Settings:
  train_steps: int = 10_000
  rate: float = 0.1
  lengths: tuple[int, ...] = (4, 16)
  bfloat16: bool = False
  model: str = "resnet50"


def test_every_difference_is_named() -> None:
  assert differences(Settings(), Settings()) == []
  other = Settings(2_000, 0.2, (4,), True, "vit_tiny")
  assert differences(other, Settings()) == [
    "train steps 2,000 instead of 10,000",
    "rate 0.2 instead of 0.1",
    "lengths 4 instead of 4,16",
    "bfloat16 True instead of False",
    "model vit_tiny instead of resnet50",
  ]


def test_a_field_may_have_other_words() -> None:
  words = {"rate": "learning rate"}
  assert differences(Settings(rate=1.0), Settings(), words) == [
    "learning rate 1.0 instead of 0.1"
  ]


def test_trainings_that_diverged_are_named() -> None:
  bad = {"activation": "pole", "seed": 3, "status": "DIVERGED"}
  good = {"activation": "relu", "seed": 0, "status": "OK"}
  records = [good | {"diverged_step": None}, bad | {"diverged_step": 50}]
  assert divergences(records) == ["pole, seed 3: DIVERGED at step 50"]
