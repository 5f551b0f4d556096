"""A brief, and the prompts that it becomes, for tests."""

import dataclasses
import math
import re

from evolve import activations
from evolve.proposers.llm import prompts
from evolve.proposers.llm.prompts import Brief, Example, Instruction

PARENT = Example(
  source=activations.source("gelusine"),
  value=0.7551,
  feedback="polynomials: OOD skill 0.810, ID skill 0.990. Weakest task: sin3.",
  id_loss=0.01234,
  ood_loss=1.5,
  flops=74.0,
)


OTHER = Example(
  source=activations.source("snake"),
  value=0.5,
  feedback="polynomials: OOD skill 0.500, ID skill 0.900.",
  id_loss=None,
  ood_loss=math.inf,
  flops=34.02,
)


BRIEF = Brief(
  parent=PARENT,
  inspirations=(OTHER,),
  instruction=Instruction.REFINE,
  empty_niche=(5, 1, 3, 2),
  goal="It is to generalise.",
  max_flops=2048.0,
  max_memory=32.0,
)


def brief(**changes):
  return dataclasses.replace(BRIEF, **changes)


def user(**changes):
  _, message = prompts.compose(brief(**changes))
  assert message["role"] == "user"
  return message["content"]


def with_parent(**changes):
  return user(parent=dataclasses.replace(PARENT, **changes))


def blocks(markdown):
  """The contents of fenced blocks, as CommonMark reads them."""
  blocks, fence = [], ""
  for line in markdown.split("\n"):
    if fence and re.fullmatch(r"`{3,}\s*", line) and line >= fence:
      fence = ""
    elif fence:
      blocks[-1].append(line)
    elif opening := re.match(r"(`{3,})[^`]*$", line):
      fence = opening[1]
      blocks.append([])
  assert not fence
  return ["\n".join(block) for block in blocks]
