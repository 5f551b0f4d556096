"""Statements beside the program that are dropped from a text."""

import ast

import pytest

from evolve import language
from evolve.program import Program

PLAIN = "def activation(x):\n  return 0.5 * jnp.tanh(x)\n"
BODY = "  return 0.5 * jnp.tanh(x)\n"

AROUND = {
  "jit": f"import jax\n\n@jax.jit\n{PLAIN}",
  "jit by name": f"from jax import jit\n\n@jit\n{PLAIN}",
  "jit with arguments": f"@jax.jit(inline=True)\n{PLAIN}",
  "partial": f"from functools import partial\n@partial(jax.jit)\n{PLAIN}",
  "partial with arguments": (
    "import functools\n"
    f"@functools.partial(jax.jit, static_argnames=('x', 'y'))\n{PLAIN}"
  ),
  "main block": (
    PLAIN + "if __name__ == '__main__':\n"
    "  import numpy as np\n  print(f'{activation(np.ones(3))}')\n"
  ),
  "an import for the main block": (
    f"import numpy as np\n{PLAIN}"
    "if __name__ == '__main__':\n  print(activation(np.ones(3)))\n"
  ),
  "metadata": f"__all__ = ['activation']\n__version__ = '0.1'\n{PLAIN}",
  "future": f"from __future__ import annotations\n{PLAIN}",
  "jaxtyping": (
    "from jaxtyping import Array, Float\n"
    f"def activation(x: Float[Array, '...']) -> Float[Array, '...']:\n{BODY}"
  ),
  "text as an annotation": (
    "from jaxtyping import Array\n"
    f"def activation(x: 'Array') -> 'Array | None':\n{BODY}"
  ),
  "chex": f"import chex\ndef activation(x: chex.Array):\n{BODY}",
  "numpy": f"import numpy as np\ndef activation(x: np.ndarray):\n{BODY}",
  "typing, unused": f"from typing import Callable, Optional\n{PLAIN}",
  "unbound names": f"def activation(x: Array) -> Optional[Array]:\n{BODY}",
  "a union": f"def activation(x: float | jax.Array):\n{BODY}",
  "f-string docstrings": (
    f'f"""Of {{SCALE}}."""\ndef activation(x):\n  f"""Half of tanh."""\n{BODY}'
  ),
  "a slash": f"def activation(x, /):\n{BODY}",
  "short imports": f"import jnp\nimport lax, nn\nfrom jnp import pi\n{PLAIN}",
}


@pytest.mark.parametrize("name", AROUND)
def test_what_changes_no_value_is_no_part_of_the_program(name):
  language.check(AROUND[name])
  kept = Program(AROUND[name]).id
  # An import of a function of the language stays, whether it is used or not.
  expected = f"from jax.numpy import pi\n{PLAIN}" if "short" in name else PLAIN
  if name == "short imports":
    expected = f"import jax.nn as nn\n{expected}"
  assert kept == Program(expected).id


def test_annotated_variables_are_plain_ones():
  source = "K: Final[int] = 3\ndef activation(x):\n  y: Array\n  y: A = x * K\n"
  tree = language.read(source + "  return y\n")
  assert ast.unparse(tree).split("\n") == [
    "K = 3",
    "",
    "def activation(x):",
    "    y = x * K",
    "    return y",
  ]


def test_a_module_that_the_program_uses_stays():
  source = f"import numpy as np\ndef activation(x: np.ndarray):\n{BODY}"
  used = source.replace("jnp", "np")
  with pytest.raises(language.LanguageError, match="line 1: importing `numpy`"):
    language.check(used)


def test_lines_are_those_of_the_text():
  source = "@jax.jit\ndef activation(x: A):\n  return jnp.tan h(x)\n"
  source = source.replace("tan h", "tanhh")
  with pytest.raises(
    language.LanguageError, match=r"line 3: `jax\.numpy\.tanhh`"
  ):
    language.check(source)
