"""Hints at substitutes for names that the language does not have."""

import re

import pytest

from evolve import language
from tests.evolve.programs import entry


@pytest.mark.parametrize(
  ("body", "rule"),
  [
    ("return jnp.sigmoid(x)", "write `jax.nn.sigmoid`"),
    ("return relu(x)", "write `jax.nn.relu`"),
    ("return x.sin()", "write `jnp.sin`"),
    ("return x * jnp.linalg.norm(x)", "a norm is `jnp.sqrt(jnp.sum(x**2, "),
    ("return lax.cond(x, x, x)", "choose with `jnp.where`"),
    ("return np.tanh(x)", "jnp, jax.nn and jax.scipy.special are there"),
    ("import numpy as np\nreturn np.tanh(x)", "jnp, jax.nn and jax.scipy"),
    ("ys = []\nys.append(x)\nreturn x", "lists never change: write `terms = "),
    ("return x.at[0].set(1)", "choose with `jnp.where`"),
    ("print(x)\nreturn x", "a candidate prints nothing"),
    ("return jnp.foo(x)", "no name of the language is near it"),
    ("return jnp.logadexp(x, 0)", "the nearest known: logaddexp"),
    ("return jnp.vectorize(x)", "functions of jnp take whole arrays"),
  ],
)
def test_the_rule_says_what_to_write(body, rule):
  with pytest.raises(language.LanguageError, match=re.escape(rule)):
    language.check(entry(body))


def test_a_list_grows_as_the_hint_says():
  language.check(
    entry(
      "terms = []\nfor k in range(1, 4):\n"
      "  terms = terms + [jnp.sin(k * x) / k]\nreturn x + 0.1 * sum(terms)"
    )
  )
