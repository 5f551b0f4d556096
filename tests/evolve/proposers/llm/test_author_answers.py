"""Answers of models decide what becomes of their slots."""

import zlib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from evolve import activations
from evolve.program import Program
from harness.core.parameters import Share
from tests.evolve.conftest import Pools
from tests.evolve.proposers.llm import modelled
from tests.evolve.proposers.llm.calling import rows
from tests.evolve.proposers.llm.chat_server import ChatServer, cut, filtered
from tests.evolve.search import searching

_EVALUATIONS = modelled.NUM_ZERO + 12


@pytest.mark.slow
def test_the_same_answer_for_ever(tmp_path: Path, pools: Pools) -> None:
  program = "def activation(x):\n  return jnp.cos(x) * 1.25\n"
  with ChatServer(lambda request: program) as server:
    config = modelled.author_config(server.base_url)
    table = modelled.table_of(tmp_path, _EVALUATIONS, config, pools(2))
  statuses = Counter(row[3] for row in table[modelled.NUM_ZERO :])
  assert statuses["OK"] + statuses["SCREENED"] == 1
  assert statuses["DUPLICATE"] == 11


def test_a_copy_of_the_parent_is_sent_back(
  tmp_path: Path, pools: Pools
) -> None:
  def answer(request: Any) -> str:
    is_repair = len(request.messages) > 2
    return "def activation(x):\n  return jnp.cos(x)\n" if is_repair else copy

  copy = searching.RELU.source
  with ChatServer(answer) as server:
    config = modelled.author_config(server.base_url)
    table = modelled.table_of(tmp_path, modelled.NUM_ZERO + 6, config, pools(2))
  for slot, _, parents, _, _, source, *_ in table[modelled.NUM_ZERO :]:
    was_shown = searching.RELU.id in parents
    assert (source.strip() == copy.strip()) != was_shown, slot


_SWISH = activations.source("swish_beta")
_MANY = ", ".join(f"a{i}=0.5" for i in range(17))


@pytest.mark.parametrize(
  ("answer", "complaint"),
  [
    (_SWISH, "It is the same function as one that was shown."),
    (
      f"def activation(x, {_MANY}):\n  return a0 * x\n",
      "line 1: training 17 parameters is not allowed; at most 16 can be "
      "trained",
    ),
  ],
)
def test_answers_have_the_parameters_that_a_search_trains(
  tmp_path: Path, pools: Pools, answer: str, complaint: str
) -> None:
  better = "def activation(x, slope=0.1):\n  return jnp.maximum(slope * x, x)\n"
  zero = (Program(_SWISH).sharing(Share.LAYER),)
  with ChatServer(
    lambda request: better if len(request.messages) > 2 else answer
  ) as server:
    config = modelled.author_config(server.base_url)
    with modelled.search(
      tmp_path, 2, config, pools(1), zero, parameters=Share.LAYER
    ) as search:
      search.run()
    asked, repaired = (request.messages for request in server.requests)
  assert "one set per layer" in asked[0]["content"]
  assert "def activation(x, beta=1.0):" in asked[1]["content"]
  assert repaired[-1]["content"].startswith(
    f"Your program was rejected:\n> {complaint}\n"
  )
  _, child = searching.table(tmp_path)
  assert child[3] == "OK"
  assert child[5] == f"{better}# parameters: layer\n"


def test_a_cut_answer_is_not_repaired(tmp_path: Path, pools: Pools) -> None:
  def answer(request: Any) -> Any:
    if request.number % 2:
      return cut("```python\ndef activation(x):\n  return jnp.cos(x")
    return modelled.answer(request)

  with ChatServer(answer) as server:
    config = modelled.author_config(server.base_url)
    table = modelled.table_of(tmp_path, modelled.NUM_ZERO + 6, config, pools(2))
  calls = rows(tmp_path / "programs.sqlite")
  last = {call["slot"]: call["finish_reason"] for call in calls}
  was_cut = {c["slot"] for c in calls if c["finish_reason"] == "length"}
  assert was_cut
  assert {last[slot] for slot in was_cut} == {"length"}
  assert {table[slot][3] for slot in was_cut} <= {"INVALID", "DUPLICATE"}


def test_a_filtered_prompt_makes_its_slot_invalid_for_good(
  tmp_path: Path, pools: Pools
) -> None:
  def answer(request: Any) -> Any:
    refuses = zlib.crc32(request.prompt.encode()) % 4 == 0
    return filtered() if refuses else modelled.answer(request)

  with ChatServer(answer) as server:
    config = modelled.author_config(server.base_url)
    count = modelled.NUM_ZERO + 8
    half = modelled.table_of(tmp_path, count, config, pools(2))
    num_asked = len(server.requests)
    assert half == modelled.table_of(tmp_path, count, config, pools(2))
    assert len(server.requests) == num_asked
    modelled.table_of(tmp_path, _EVALUATIONS, config, pools(2))
    prompts = [str(request.messages) for request in server.requests]
  calls = rows(tmp_path / "programs.sqlite")
  refused = [c for c in calls if c["finish_reason"] == "content_filter"]
  assert refused
  table = searching.table(tmp_path)
  for call in refused:
    slot, error = call["slot"], call["error"]
    assert call["answer"] is None
    assert error == "400: The response was filtered due to the prompt."
    assert table[slot][3] == "INVALID"
    assert table[slot][6]["feedback"] == f"no answer: {error}"
  # Other prompts don't quote the filter, which could refuse them, too.
  assert not any("filtered" in prompt for prompt in prompts)
  assert Counter(prompts) == Counter(set(prompts))


def test_no_prompt_knows_what_validates(tmp_path: Path, pools: Pools) -> None:
  told = (
    'def activation(x):\n  """Best on CLRS and ImageNet, held-out too."""\n'
    "  imagenet_held_out = x * 0.5  # clrs\n"
    "  return jnp.maximum(x, imagenet_held_out)\n"
  )
  with ChatServer(lambda request: told.replace("0.5", "0.4")) as server:
    config = modelled.author_config(server.base_url)
    zero = (Program(told),)
    with modelled.search(
      tmp_path, 8, config, pools(2), generation_zero=zero
    ) as search:
      search.run()
    requests = list(server.requests)
  assert len(requests) >= 7
  for request in requests:
    text = str(request.messages).lower()
    for word in ("clrs", "imagenet", "held-out", "held_out", "heldout"):
      assert word not in text
    assert "jnp.maximum(x, " in text  # It was shown all the same.
