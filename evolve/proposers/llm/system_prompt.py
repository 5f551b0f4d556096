"""The system message: the language, its limits, and the form of an answer."""

import ast

from evolve.cost import WEIGHTS
from evolve.language import rules
from evolve.language.parameters import MAX_PARAMETERS
from harness.core.parameters import Share

_ENTRY = rules.ENTRY_NAMES[0]

_TEXT = """\
You write an activation function y = f(x). {goal}

The program:
- Define `{entry}(x)` with {arguments}. It returns an array of the shape and \
float dtype of x, whatever the shape.{parameters}
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

_TRAINED = """
- Parameters are arguments with numbers as defaults, as in \
`{entry}(x, alpha=1.0, beta=0.1)`. They are trained with the network from \
these values on, one set per {share}, at most {most}; nothing else has to say \
so. In the function they are arrays of shape {shape}. Constants in the body \
stay as they are."""
_SHAPES = {Share.LAYER: "()", Share.CHANNEL: "(x.shape[-1],)"}
_ANY = (
  "Functions of each element alone transfer best to other networks. Mixing "
  "elements (means, shifts, FFTs) is allowed but seldom pays."
)
_POINTWISE = (
  "Each output depends on its own input element alone: no means, sorts, shifts "
  "or FFTs."
)
# Modules that only serve annotations and imports.
_UNLISTED = {"jax", "jax.typing", "jax.scipy", "jax.scipy.stats"}
# Constructs that models are tempted to write.
_TEMPTING = (
  *(ast.While, ast.Try, ast.Raise, ast.Assert, ast.ClassDef, ast.NamedExpr),
  *(ast.MatMult, ast.Dict, ast.JoinedStr),
)


def system_prompt(
  goal: str,
  max_flops: float,
  max_memory: float,
  *,
  pointwise_only: bool,
  parameters: Share = Share.FROZEN,
) -> str:
  """The text of the system message.

  Args:
    goal: what makes a score, see `Fitness.goal`.
    max_flops: budget of weighted operations per element.
    max_memory: budget of memory, in inputs.
    pointwise_only: whether functions that mix elements are refused.
    parameters: their sharing, if programs may have trained ones.
  """
  return _TEXT.format(
    goal=goal,
    entry=_ENTRY,
    **_arguments(parameters),
    rejected=", ".join(rules.REJECTED[kind][0] for kind in _TEMPTING),
    text=", ".join(sorted(rules.TEXT_KEYWORDS)),
    functions=_functions(),
    flops=max_flops,
    weights=WEIGHTS,
    memory=max_memory,
    pointwise=_POINTWISE if pointwise_only else _ANY,
  )


def _arguments(share: Share) -> dict[str, str]:
  """The texts on the arguments of a program."""
  if share is Share.FROZEN:
    return {"arguments": "one argument", "parameters": ""}
  parameters = _TRAINED.format(
    entry=_ENTRY, share=share, most=MAX_PARAMETERS, shape=_SHAPES[share]
  )
  return {
    "arguments": "one argument, or with parameters after it",
    "parameters": parameters,
  }


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
