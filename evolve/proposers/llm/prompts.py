"""What a language model is told: text only, the same for the same input.

Programs, failures and answers are untrusted. They are bounded, put where they
cannot end what quotes them, and freed of words that a search must not know.
"""

import ast
import dataclasses
import enum
import hashlib
import json
import math
import re
import unicodedata
from collections.abc import Sequence

import numpy as np

from evolve import language
from evolve.admission.descriptors import NICHE_LIMITS, Asymptote
from evolve.language import rules
from evolve.primitive_costs import WEIGHTS
from evolve.program import Strip

Message = dict[str, str]

# In characters.
_MAX_SOURCE, _MAX_LINE, _MAX_ANSWER = 6_000, 1_000, 4_000

_SYSTEM = """\
You write an activation function y = f(x) that makes small neural networks \
GENERALISE OUT OF DISTRIBUTION (OOD). Each network applies it after every \
hidden layer, is trained on one range of inputs or one size of problem, and is \
tested beyond it. The score of a function is its mean OOD skill over many \
tasks: 1 is perfect, 0 no better than predicting the mean. In-distribution \
(ID) skill is reported too but does not count. The x that f gets is of order 1 \
in training and can be larger in the tests.

The program:
- Define `{entry}(x)` with one argument. It returns an array of the shape and \
float dtype of x, whatever the shape.
- Write assignments, arithmetic, comparisons, helper functions, and `for` \
over constant ranges or tuples.
- JAX traces it: no Python `if`, `and`, `or` or `float()` on array values; \
choose with `jnp.where`. Nothing changes in place.
- jax, jnp, lax and math are there; import nothing. Only the functions below \
exist. Of x itself use .shape, .ndim, .dtype and methods that mirror jnp, as \
x.mean().
- Rejected: {rejected}, decorators, recursion, unpacking by a star, text (but \
for {text} arguments), I/O, randomness, state.

Functions (a name that several modules share is listed once, but for math):
{functions}

What counts:
- Cost: at most {flops:g} weighted operations per element. Weights: \
{weights[add]} for + - * comparisons where; {weights[div]} for /; \
{weights[sqrt]} for sqrt; {weights[exp]} for exp log sin cos tanh sigmoid erf; \
{weights[log1p]} for expm1 log1p cosh; {weights[sinh]} for sinh arcsinh; \
{weights[pow]} for tan arctan and x ** 0.7. At most {memory:g} arrays of the \
size of x alive at once.
- {pointwise}
- Values and gradients must be finite almost everywhere, for |x| up to 100 \
too: exp overflows beyond 88, and fractional powers of negative numbers are \
NaN. Gradients pass through both branches of `jnp.where`: guard arguments \
instead, as `jnp.sqrt(jnp.maximum(x, 1e-6))`.
- It must be new: a function equal to a known one is discarded.

Answer with at most two sentences of reasoning and then the whole program, \
without comments, in a single fenced Python block, like this:

```python
def {entry}(x):
  slope = 0.25
  return jnp.where(x > 0, x, slope * jnp.tanh(x))
```"""

_ANY = (
  "Functions of each element alone transfer best to other networks. Mixing "
  "elements (means, shifts, FFTs) is allowed but seldom pays."
)
_POINTWISE = (
  "Each output depends on its own input element alone: no means, sorts, shifts "
  "or FFTs."
)
# Modules that only serve annotations and imports.
_UNLISTED = {"jax", "jax.typing", "jax.scipy"}
# What models are tempted to write.
_TEMPTING = (
  *(ast.While, ast.Try, ast.Raise, ast.Assert, ast.ClassDef, ast.NamedExpr),
  *(ast.MatMult, ast.Dict, ast.JoinedStr),
)
_GROWTH = {
  Asymptote.VANISHING: "tends to 0",
  Asymptote.BOUNDED: "stays bounded but does not vanish",
  Asymptote.SUBLINEAR: "grows more slowly than |x|",
  Asymptote.LINEAR: "grows like |x|",
  Asymptote.SUPERLINEAR: "grows faster than |x|",
}

# Whatever validates a search stays unknown to it, or it could aim at that.
_BETWEEN = r"[\s_\-\u2010-\u2015\u2212]*"
_SECRETS = re.compile(
  "|".join(map(_BETWEEN.join, ("heldout", "clrs", "imagenet"))), re.IGNORECASE
)


class Instruction(enum.Enum):
  """What to do with the parent; the value is how that is put."""

  REFINE = "Change only the constants of program 1, by enough to matter."
  SIMPLIFY = "Make program 1 simpler: drop or replace what matters least."
  COMBINE = "Combine what is best in program 1 and in one of the others."
  EXTEND = "Add one thing that program 1 lacks: a term, a gate, a wave."
  TARGET = "Change program 1 to do better where its OOD skill is lowest."
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
    last_failure: why the last of its children that failed did.
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
  """What one prompt asks for.

  Attributes:
    parent: the program to change.
    inspirations: others to learn from; COMBINE needs one.
    instruction: how to change it.
    empty_niche: as `Descriptors.niche`; EXPLORE needs it,
      others ignore it.
    max_flops: budget of weighted operations per element.
    max_memory: budget of memory, in inputs.
    pointwise_only: whether functions that mix elements are refused.

  Raises:
    ValueError: the instruction lacks what it needs.
  """

  parent: Example
  inspirations: tuple[Example, ...]
  instruction: Instruction
  empty_niche: tuple[int, ...] | None
  max_flops: float
  max_memory: float
  pointwise_only: bool = False

  def __post_init__(self) -> None:
    has_niche = self.empty_niche is not None
    if self.instruction not in _possible(bool(self.inspirations), has_niche):
      needs = "EXPLORE needs an empty niche, COMBINE an inspiration"
      raise ValueError(f"{self.instruction.name} is impossible here: {needs}")


def compose(brief: Brief) -> list[Message]:
  """The system message and the user message that ask for one child."""
  parts = [_shown(brief.parent, "Program 1, the parent")]
  if failure := brief.parent.last_failure:
    parts.append(f"A change of it failed; avoid this:\n{_quoted(failure)}")
  for number, example in enumerate(brief.inspirations, start=2):
    parts.append(_shown(example, f"Program {number}, for inspiration"))
  parts.append(f"Your task: {brief.instruction.value}")
  if brief.instruction is Instruction.EXPLORE and brief.empty_niche:
    parts[-1] += f" {_in_words(brief.empty_niche)}"
  return [
    _message("system", _system(brief)),
    _message("user", "\n\n".join(parts)),
  ]


def repair(
  asked: Sequence[Message], answer: str, rejection: str
) -> list[Message]:
  """The conversation continued after an answer that was rejected."""
  request = (
    f"Your program was rejected:\n{_quoted(rejection)}\n\nAnswer with the "
    "whole corrected function in a single fenced Python block."
  )
  return [
    *(_message(message["role"], message["content"]) for message in asked),
    _message("assistant", _bounded(answer, _MAX_ANSWER) or "(no answer)"),
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


def _system(brief: Brief) -> str:
  return _SYSTEM.format(
    entry=rules.ENTRY_NAMES[0],
    rejected=", ".join(rules.REJECTED[kind][0] for kind in _TEMPTING),
    text=", ".join(sorted(rules.TEXT_KEYWORDS)),
    functions=_functions(),
    flops=brief.max_flops,
    weights=WEIGHTS,
    memory=brief.max_memory,
    pointwise=_POINTWISE if brief.pointwise_only else _ANY,
  )


def _functions() -> str:
  """The allow-list, a line for each module."""
  listed: dict[str, frozenset[str]] = {}
  for path, names in rules.MODULES.items():
    if path == "math":  # Takes no arrays: no other module stands in for it.
      listed["math (plain numbers only)"] = names
    elif path not in _UNLISTED:
      name = path.replace("jax.numpy", "jnp").replace("jax.lax", "lax")
      listed[name] = names.difference(*listed.values())
  listed["Python"] = rules.BUILTINS
  return "\n".join(f"{k}: {' '.join(sorted(v))}" for k, v in listed.items())


def _in_words(niche: tuple[int, ...]) -> str:
  _, left, right, _ = niche
  size, _, _, turns = map(_numbers, niche, NICHE_LIMITS)
  return (
    f"Far left (x from -16 to -64) |f(x)| {_GROWTH[Asymptote(left)]}; far "
    f"right it {_GROWTH[Asymptote(right)]}. Turning points in [-12, 12]: "
    f"{turns}. Operations, calls, names and constants in the program: {size}."
  )


def _numbers(bits: int, last: int) -> str:
  """Those of so many binary digits, or more at the last coordinate."""
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
  code = _bounded(_bare(example.source), _MAX_SOURCE)
  # Longer than any fence inside.
  fence = "`" * max(3, 1 + max(map(len, re.findall("`*", code))))
  return (
    f"{title}: {', '.join(facts)}\n{fence}python\n{code}\n{fence}\n"
    f"{_quoted(example.feedback)}"
  )


def _bare(source: str) -> str:
  """Without docstrings, comments and annotations; as it is if not Python."""
  try:
    tree = language.parse(source)
  except language.LanguageError:
    return source
  return ast.unparse(ast.fix_missing_locations(Strip().visit(tree)))


def _quoted(text: str) -> str:
  """A quotation of one line, so that nothing inside can end it."""
  return "> " + _bounded(" ".join(text.split()), _MAX_LINE)


def _bounded(text: str, limit: int) -> str:
  text, mark = _neutral(text).strip(), " [cut]"
  return text if len(text) <= limit else text[: limit - len(mark)] + mark


def _neutral(text: str) -> str:
  """Text without secrets, nor characters by which they could hide."""
  lines = unicodedata.normalize("NFKC", text).expandtabs(2).splitlines()
  shown = ["".join(filter(str.isprintable, line)) for line in lines]
  return _SECRETS.sub("other", "\n".join(shown))


def _message(role: str, text: str) -> Message:
  """Every text passes here last."""
  return {"role": role, "content": _neutral(text)}
