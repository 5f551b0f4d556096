"""Programs that ask an array for its values."""

import jax
import pytest

from evolve import language
from tests.evolve.programs import entry

X = jax.ShapeDtypeStruct((4, 6), "float32")
WHERE = "`if` with an array is not allowed; choose with `jnp.where("


@pytest.mark.parametrize(
  ("body", "message"),
  [
    ("if x > 0:\n  return x\nreturn -x", f"line 2: {WHERE}"),
    ("return (\n  x if x > 0 else -x\n)", f"line 3: {WHERE}"),
    ("y = [k for k in (1, 2) if x > k]\nreturn x", f"line 2: {WHERE}"),
    (
      "return jnp.where((x > 0) and (x < 1), x, 0)",
      "line 2: `and` of an array",
    ),
    ("return jnp.where(x < 0 or x > 1, x, 0)", "line 2: `or` of an array"),
    ("return jnp.where(-1 < x < 1, x, 0)", "line 2: a chained comparison"),
    ("return jnp.where(not x > 0, x, 0)", "line 2: `not` of an array"),
    ("return x * (x in (1, 2))", "line 2: `in` with an array"),
    ("return max(0.0, x)", "`max` of an array is not allowed; write `jnp.maxi"),
    ("x += min(x, 1)\nreturn x", "line 2: `min` of an array"),
    ("return x * math.tanh(x)", "`math.tanh` .* write `jnp.tanh`"),
    ("return x * math.erf(x)", "`math.erf` .* write `lax.erf`"),
    ("return x * float(x)", "line 2: `float` of an array"),
    ("return x[x > 0]", "line 2: a mask as an index"),
    ("return jnp.arange(x)", "line 2: `jnp.arange` of an array"),
    (
      "def f(y):\n  return y if y > 0 else 0.0\nreturn f(x)",
      f"line 3: {WHERE}",
    ),
    (
      "return jnp.piecewise(x, [x > 0], [lambda v: v if v > 1 else 0.0])",
      f"line 2: {WHERE}",
    ),
  ],
)
def test_the_construct_its_line_and_the_way_are_named(body, message):
  activation = language.load(entry(body))
  with pytest.raises(language.LanguageError, match=message.replace("(", r"\(")):
    jax.eval_shape(activation, X)


@pytest.mark.parametrize(
  ("body", "kind"),
  [
    ("return x * math.log(-1)", ValueError),
    ("return x + jnp.ones(5)", ValueError),
    ("return x[7.5]", TypeError),
    ("return jnp.tanh(x, x, x)", TypeError),
  ],
)
def test_other_errors_stay_what_they_are(body, kind):
  with pytest.raises(kind) as caught:
    jax.eval_shape(language.load(entry(body)), X)
  assert not isinstance(caught.value, language.LanguageError)
