"""Prompts show the parents, word an instruction, and tell no secret."""

import copy
import dataclasses
import math
import re
import unicodedata

import numpy as np
import pytest

from evolve.admission.descriptors import PROBE_GRID, describe
from evolve.proposers.llm import prompts
from evolve.proposers.llm.prompts import Instruction
from tests.evolve.proposers.llm.briefed import (
  BRIEF,
  PARENT,
  brief,
  user,
  with_parent,
)


def test_user_message_in_full():
  parent = dataclasses.replace(PARENT, last_failure="line 3: `while` is bad")
  assert user(parent=parent) == (
    "Program 1, the parent: score 0.755, mean ID loss 0.0123, mean OOD loss "
    "1.5, 74 operations per element\n"
    "```python\n"
    "def activation(x):\n"
    "    return jax.nn.gelu(x) + 0.1 * jnp.sin(x)\n"
    "```\n"
    "> polynomials: OOD skill 0.810, ID skill 0.990. Weakest task: sin3.\n"
    "\n"
    "A change of it failed; avoid this:\n"
    "> line 3: `while` is bad\n"
    "\n"
    "Program 2, for inspiration: score 0.500, mean OOD loss diverged, 34 "
    "operations per element\n"
    "```python\n"
    "def activation(x):\n"
    "    return x + jnp.sin(x) ** 2\n"
    "```\n"
    "> polynomials: OOD skill 0.500, ID skill 0.900.\n"
    "\n"
    "Your task: Change only the constants of program 1, by enough to matter."
  )


@pytest.mark.parametrize(
  "loss, words",
  [
    (None, "score 0.755, mean OOD loss 1.5,"),
    (12.345, "mean ID loss 12.3,"),
    (math.nan, "mean ID loss diverged,"),
    (math.inf, "mean ID loss diverged,"),
    (-math.inf, "mean ID loss diverged,"),
  ],
)
def test_words_losses(loss, words):
  assert words in with_parent(id_loss=loss).split("\n")[0]


def test_recorded_conversations_are_found_again():
  """Python orders sets anew in each process, so this says that none shows."""
  asked = prompts.compose(BRIEF)
  assert prompts.digest(asked) == "140d2074351843ba"
  assert prompts.digest(prompts.compose(copy.deepcopy(BRIEF))) == (
    "140d2074351843ba"
  )
  repaired = prompts.repair(asked, "```python\nx\n```", "a\nb")
  assert prompts.digest(repaired) == "8391ad8c3bd39b57"


@pytest.mark.parametrize("instruction", Instruction)
def test_ends_with_its_instruction(instruction):
  last = user(instruction=instruction).split("\n\n")[-1]
  niche = " Far left" in last
  assert last.startswith(f"Your task: {instruction.value}")
  assert niche == (instruction is Instruction.EXPLORE)
  assert len({i.value for i in Instruction}) == len(Instruction)


@pytest.mark.parametrize(
  "niche, words",
  [
    (
      (1, 0, 1, 0),
      "Far left (x from -16 to -64) |f(x)| tends to 0; far right it stays "
      "bounded but does not vanish. Turning points in [-12, 12]: 0. "
      "Operations, calls, names and constants in the program: 1.",
    ),
    (
      (2, 2, 3, 1),
      "Far left (x from -16 to -64) |f(x)| grows more slowly than |x|; far "
      "right it grows like |x|. Turning points in [-12, 12]: 1. "
      "Operations, calls, names and constants in the program: 2 to 3.",
    ),
    (
      (7, 4, 4, 6),
      "Far left (x from -16 to -64) |f(x)| grows faster than |x|; far right it "
      "grows faster than |x|. Turning points in [-12, 12]: 32 or more. "
      "Operations, calls, names and constants in the program: 64 or more.",
    ),
  ],
)
def test_words_niches(niche, words):
  text = user(instruction=Instruction.EXPLORE, empty_niche=niche)
  assert text.endswith(f"{Instruction.EXPLORE.value} {words}")


@pytest.mark.parametrize("size", [1, 3, 7, 15, 31, 63, 65, 141])
@pytest.mark.parametrize("frequency", [0.1, 0.3, 0.5, 1, 2, 4, 8, 20])
def test_numbers_of_a_niche_are_those_of_its_descriptors(size, frequency):
  sum_of_names = " + ".join(["x"] * (size // 2 + 1))
  source = f"def activation(x):\n  return {sum_of_names}\n"
  niche = describe(source, np.sin(frequency * PROBE_GRID)).niche
  text = user(instruction=Instruction.EXPLORE, empty_niche=niche)
  # The sine turns at odd multiples of pi / 2.
  count = 2 * math.floor(12 * frequency / math.pi + 0.5)
  for label, number in (("12]", count), ("program", size)):
    low, _, high = re.findall(rf"{label}: (\d+)( to | or more)?(\d*)", text)[0]
    ends_above = "or more" in text.split(f"{label}: ")[1].split(".")[0]
    top = math.inf if ends_above else int(high or low)
    assert int(low) <= number <= top


@pytest.mark.parametrize("has_inspirations", [False, True])
@pytest.mark.parametrize("has_empty_niche", [False, True])
def test_draws_each_instruction_that_can_be_followed(
  has_inspirations, has_empty_niche
):
  def draw(seed):
    rng = np.random.default_rng(seed)
    return [
      prompts.draw_instruction(
        rng,
        has_inspirations=has_inspirations,
        has_empty_niche=has_empty_niche,
      )
      for _ in range(700)
    ]

  drawn = draw(0)
  expected = {*Instruction}
  if not has_inspirations:
    expected.remove(Instruction.COMBINE)
  if not has_empty_niche:
    expected.remove(Instruction.EXPLORE)
  assert {*drawn} == expected
  assert min(map(drawn.count, expected)) > 0.7 * 700 / len(expected)
  assert drawn == draw(0) != draw(1)


@pytest.mark.parametrize(
  "changes",
  [
    {"instruction": Instruction.EXPLORE, "empty_niche": None},
    {"instruction": Instruction.COMBINE, "inspirations": ()},
  ],
)
def test_refuses_what_cannot_be_followed(changes):
  with pytest.raises(ValueError, match=f"^{changes['instruction'].name} is"):
    brief(**changes)


def test_nothing_but_secrets_is_replaced_in_its_own_words():
  both = (brief(), brief(pointwise_only=True))
  texts = [prompts.compose(found)[0]["content"] for found in both]
  texts += [user(instruction=instruction) for instruction in Instruction]
  assert [t.count("other") for t in texts[:2]] == [1, 0]  # Other networks.
  words = " ".join(texts).lower()
  for hint in ("benchmark", "validat", "verif", "transfer task"):
    assert hint not in words


def test_repair_continues_the_conversation():
  asked = prompts.compose(BRIEF)
  before = copy.deepcopy(asked)
  once = prompts.repair(asked, "```python\nx\n```\n", "line 1: bad\nworse")
  assert asked == before
  assert once == [
    *asked,
    {"role": "assistant", "content": "```python\nx\n```"},
    {
      "role": "user",
      "content": "Your program was rejected:\n> line 1: bad worse\n\nAnswer "
      "with the whole corrected function in a single fenced Python block.",
    },
  ]
  twice = prompts.repair(once, "y", "no")
  assert twice[:4] == once
  assert [m["role"] for m in twice[4:]] == ["assistant", "user"]


@pytest.mark.parametrize(
  "answer, said",
  [
    ("", "(no answer)"),
    (" \n", "(no answer)"),
    ("a" * 4000, "a" * 4000),
    ("a" * 4001, "a" * 3994 + " [cut]"),
  ],
)
def test_repair_bounds_the_answer(answer, said):
  assert prompts.repair([], answer, "no")[0]["content"] == said


def test_a_digest_depends_on_the_messages_alone():
  messages = [{"role": "user", "content": 'a"\u00e9'}]
  assert prompts.digest(messages) == "b09bd69d1ca24f88"
  reordered = [{"content": 'a"\u00e9', "role": "user"}]
  assert prompts.digest(reordered) == "b09bd69d1ca24f88"
  assert prompts.digest(tuple(messages)) == "b09bd69d1ca24f88"
  assert prompts.digest([*messages, *messages]) != "b09bd69d1ca24f88"


SECRETS = [
  *("held-out", "held out", "heldout", "held_out", "HELD-OUT", "HeldOut"),
  *("held\u2011out", "held\u2013out", "held\u00adout", "held\u200bout"),
  *("held - out", "held\n  out", "he-ld-out", "held\u00a0out", "myheldouts"),
  *("\uff48eldout", "heldheldoutout"),
  *("CLRS", "clrs", "CLRS-30", "clrs_30", "preCLRSpost", "c-l-r-s", "C L R S"),
  *("ImageNet", "imagenet", "IMAGENET", "image net", "image-net", "Image_Net"),
  *("image\u2212net", "imagenette", "ogbg-molhiv", "MolHIV", "mol_hiv"),
]


def _reveals(text):
  """Returns if a reader who skips all but letters finds a secret."""
  folded = unicodedata.normalize("NFKC", text).lower()
  letters = "".join(c for c in folded if c.isalpha())
  return any(
    word in letters for word in ("heldout", "clrs", "imagenet", "molhiv")
  )


def _conversations(secret):
  """Conversations with a secret at each place that takes text."""
  name = re.sub(r"\W", "_", unicodedata.normalize("NFKC", secret))
  function = "def activation(x):\n  return x"
  sources = [
    f'"""{secret}"""\n{function}',
    f"{function}  # {secret.splitlines()[0]}\n# {name}",
    f"def activation(x):\n  {name}_scale = 2\n  return x * {name}_scale",
    f"def _{name}(x):\n  return x\ndef activation(x):\n  return _{name}(x)",
    f"def activation(x):\n  return jnp.pad(x, 1, mode='''{secret}''')",
    f"def activation(x, {name}=1):\n  return x * {name}",
    f"not Python {secret} (",
    f"{' ' * 5990}{secret} {secret}",
  ]
  texts = [secret, f"a {secret} b", "held", "out", f"{'-' * 991}{secret}"]
  for changes in [
    *({"source": text} for text in [*sources, *texts]),
    *({"feedback": text} for text in texts),
    *({"last_failure": text} for text in texts),
  ]:
    example = dataclasses.replace(PARENT, **changes)
    yield prompts.compose(brief(parent=example))
    yield prompts.compose(brief(inspirations=(example,)))
  asked = prompts.compose(BRIEF)
  leaky = [{"role": "system", "content": f"a {secret} b"}]
  for text in [*sources, *texts, f"{'-' * 3990}{secret}"]:
    yield prompts.repair(asked, text, "wrong")
    yield prompts.repair(asked, "answer", text)
    yield prompts.repair(leaky, "answer", "wrong")


@pytest.mark.parametrize("secret", SECRETS)
def test_tells_no_secret(secret):
  assert _reveals(secret)
  for messages in _conversations(secret):
    for message in messages:
      assert not _reveals(message["content"]), message["content"]
