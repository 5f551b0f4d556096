"""The prompts of a conversation: text only, the same for the same input."""

import dataclasses
import enum
import hashlib
import json
import math
from collections.abc import Sequence

import numpy as np

from evolve.admission.descriptors import NICHE_LIMITS, Asymptote
from evolve.proposers.llm import quotation
from evolve.proposers.llm.models import Message
from evolve.proposers.llm.system_prompt import system_prompt
from harness.core.parameters import Share

_MAX_ANSWER = 4_000  # Characters.

_GROWTH = {
  Asymptote.VANISHING: "tends to 0",
  Asymptote.BOUNDED: "stays bounded but does not vanish",
  Asymptote.SUBLINEAR: "grows more slowly than |x|",
  Asymptote.LINEAR: "grows like |x|",
  Asymptote.SUPERLINEAR: "grows faster than |x|",
}


class Instruction(enum.Enum):
  """A change of the parent; the value words it."""

  REFINE = "Change only the constants of program 1, by enough to matter."
  SIMPLIFY = "Make program 1 simpler: drop or replace what matters least."
  COMBINE = "Combine what is best in program 1 and in one of the others."
  EXTEND = "Add one thing that program 1 lacks: a term, a gate, a wave."
  TARGET = "Change program 1 to do better where it does worst."
  TAILS = "Keep program 1 about as it is for |x| < 2 and change it beyond."
  EXPLORE = "Write a function of a shape that no program has so far."


@dataclasses.dataclass(frozen=True)
class Example:
  """A program that a prompt shows.

  Attributes:
    source: its text.
    value: its score in the search, in [0, 1].
    feedback: its scores per family, as the fitness words them.
    id_loss: mean over tasks; may be non-finite; None if unknown.
    ood_loss: likewise.
    flops: weighted operations per element.
    last_failure: the reason of the last failure among its children.
  """

  source: str
  value: float
  feedback: str
  id_loss: float | None
  ood_loss: float | None
  flops: float
  last_failure: str | None = None


@dataclasses.dataclass(frozen=True)
class Brief:
  """The contents of one prompt.

  Attributes:
    parent: the program to change.
    inspirations: others to learn from; COMBINE needs one.
    instruction: how to change it.
    empty_niche: as `Descriptors.niche`; EXPLORE needs it, others ignore it.
    goal: what makes a score, see `Fitness.goal`.
    max_flops: budget of weighted operations per element.
    max_memory: budget of memory, in inputs.
    pointwise_only: whether functions that mix elements are refused.
    parameters: their sharing, if programs may have trained ones.

  Raises:
    ValueError: the instruction lacks what it needs.
  """

  parent: Example
  inspirations: tuple[Example, ...]
  instruction: Instruction
  empty_niche: tuple[int, ...] | None
  goal: str
  max_flops: float
  max_memory: float
  pointwise_only: bool = False
  parameters: Share = Share.FROZEN

  def __post_init__(self) -> None:
    has_niche = self.empty_niche is not None
    if self.instruction not in _possible(bool(self.inspirations), has_niche):
      needs = "EXPLORE needs an empty niche, COMBINE an inspiration"
      raise ValueError(f"{self.instruction.name} is impossible here: {needs}")


def compose(brief: Brief) -> list[Message]:
  """The system message and the user message that ask for one child."""
  system = system_prompt(
    brief.goal,
    brief.max_flops,
    brief.max_memory,
    pointwise_only=brief.pointwise_only,
    parameters=brief.parameters,
  )
  parts = [_shown(brief.parent, "Program 1, the parent")]
  if failure := brief.parent.last_failure:
    parts.append(
      f"A change of it failed; avoid this:\n{quotation.line(failure)}"
    )
  for number, example in enumerate(brief.inspirations, start=2):
    parts.append(_shown(example, f"Program {number}, for inspiration"))
  parts.append(f"Your task: {brief.instruction.value}")
  if brief.instruction is Instruction.EXPLORE and brief.empty_niche:
    parts[-1] += f" {_in_words(brief.empty_niche)}"
  return [
    _message("system", system),
    _message("user", "\n\n".join(parts)),
  ]


def repair(
  asked: Sequence[Message], answer: str, rejection: str
) -> list[Message]:
  """The conversation continued after an answer that was rejected."""
  request = (
    f"Your program was rejected:\n{quotation.line(rejection)}\n\n"
    "Answer with the whole corrected function in a single fenced Python block."
  )
  shown = quotation.bounded(answer, _MAX_ANSWER) or "(no answer)"
  return [
    *(_message(message["role"], message["content"]) for message in asked),
    _message("assistant", shown),
    _message("user", request),
  ]


def draw_instruction(
  rng: np.random.Generator, *, has_inspirations: bool, has_empty_niche: bool
) -> Instruction:
  """Draws one of the instructions that can be followed, each as likely."""
  possible = _possible(has_inspirations, has_empty_niche)
  return possible[int(rng.integers(len(possible)))]


def digest(messages: Sequence[Message]) -> str:
  """16 hexadecimal digits of the SHA-256 of a conversation."""
  text = json.dumps(list(messages), sort_keys=True, separators=(",", ":"))
  return hashlib.sha256(text.encode()).hexdigest()[:16]


def _possible(inspirations: bool, niche: bool) -> list[Instruction]:
  given = {Instruction.COMBINE: inspirations, Instruction.EXPLORE: niche}
  return [i for i in Instruction if given.get(i, True)]


def _in_words(niche: tuple[int, ...]) -> str:
  _, left, right, _ = niche
  size, _, _, turns = map(_numbers, niche, NICHE_LIMITS)
  return (
    f"Far left (x from -16 to -64) |f(x)| {_GROWTH[Asymptote(left)]}; far "
    f"right it {_GROWTH[Asymptote(right)]}. Turning points in [-12, 12]: "
    f"{turns}. Operations, calls, names and constants in the program: {size}."
  )


def _numbers(bits: int, last: int) -> str:
  """The numbers of so many binary digits, or more at the last coordinate."""
  low, high = (1 << bits) >> 1, (1 << bits) - 1
  if bits == last:
    return f"{low} or more"
  return f"{low} to {high}" if low < high else f"{low}"


def _shown(example: Example, title: str) -> str:
  facts = [f"score {example.value:.3f}"]
  for name, loss in (("ID", example.id_loss), ("OOD", example.ood_loss)):
    if loss is not None:
      amount = f"{loss:.3g}" if math.isfinite(loss) else "diverged"
      facts.append(f"mean {name} loss {amount}")
  facts.append(f"{example.flops:.0f} operations per element")
  return (
    f"{title}: {', '.join(facts)}\n{quotation.program(example.source)}\n"
    f"{quotation.line(example.feedback)}"
  )


def _message(role: str, text: str) -> Message:
  """Every text passes here last."""
  return {"role": role, "content": quotation.neutral(text)}
