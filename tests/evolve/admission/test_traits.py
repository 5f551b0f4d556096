"""The traits of candidates, and the search for equal functions."""

import json

import hypothesis
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import strategies as st

from evolve import activations, language
from evolve.admission.admission import Admission, RejectedError
from evolve.admission.descriptors import PROBE_GRID
from evolve.admission.duplicates import FunctionIndex
from evolve.admission.probe import Probe, probe
from evolve.admission.traits import Traits
from evolve.program import Program
from harness.core.fitness import Status
from harness.core.parameters import Share


def _activation(body: str) -> str:
  return f"def activation(x):\n  return {body}\n"


def _probe(source: str) -> Probe:
  return probe(language.load(source), Admission())


def _traits(source: str) -> Traits:
  return Traits.of(source, _probe(source))


_SINE = _activation("jnp.sin(x)")
_CUBE = _activation("x ** 3")


def test_a_probe_holds_values_and_slopes() -> None:
  seen = _probe(_CUBE)
  np.testing.assert_allclose(seen.values, PROBE_GRID**3, rtol=1e-5)
  np.testing.assert_allclose(seen.slopes, 3 * PROBE_GRID**2, rtol=1e-5)
  assert seen.pointwise


_MIXING = (
  "x - x.mean()",
  "x / (1e-6 + x.std())",
  "x / jnp.max(jnp.abs(x))",
  "x + jnp.sum(x)",
  "jnp.where(x > 0, jnp.max(x), x)",
  "jax.nn.softmax(x)",
  "x + jnp.roll(x, 1, axis=-1)",
  "jnp.cumsum(x, axis=-1)",
  "jnp.sort(x)",
)


@pytest.mark.parametrize("body", _MIXING)
def test_functions_that_mix_elements_are_not_pointwise(body: str) -> None:
  assert not _probe(_activation(body)).pointwise


@pytest.mark.parametrize(
  "body", ["jnp.floor(50 * x)", "x * jnp.nan", "jnp.ones_like(x)", "x[...]"]
)
def test_pointwise_functions_are(body: str) -> None:
  assert _probe(_activation(body)).pointwise


@pytest.mark.parametrize(
  "body",
  [
    "jnp.concatenate(jnp.split(x, 2, axis=-1)[::-1], axis=-1)",
    "jnp.concatenate([jax.nn.glu(x), jax.nn.glu(-x)], axis=-1)",
    "jnp.sort(x.reshape(x.shape[:-1] + (-1, 2))).reshape(x.shape)",
    "jnp.sort(x.reshape(x.shape[:-1] + (-1, 32))).reshape(x.shape)",
  ],
)
def test_functions_of_halves_pairs_and_groups_mix_elements(body: str) -> None:
  assert not _probe(_activation(body)).pointwise


def test_named_activations_differ_and_only_three_mix_elements() -> None:
  index, mixing, same = FunctionIndex(), set(), {}
  for name in activations.names():
    traits = _traits(activations.source(name))
    if other := index.find(traits):
      same[name] = other
    index.add(name, traits)
    if not traits.pointwise:
      mixing.add(name)
  assert mixing == {"turbulent", "phase_flip", "ash"}
  assert same == {"swish_beta": "swish"}  # Before it is trained.


def test_mixing_is_refused_where_it_is_not_wanted() -> None:
  activation = language.load(_activation("x - x.mean()"))
  with pytest.raises(RejectedError, match="mixes elements") as raised:
    probe(activation, Admission(pointwise_only=True))
  assert raised.value.status is Status.INVALID


@pytest.mark.parametrize(
  "returned", [None, 1.0, (jnp.ones(3),), jnp.tanh, jnp.float32, ...]
)
def test_what_is_no_array_is_refused(returned: object) -> None:
  with pytest.raises(RejectedError, match="not an array") as raised:
    probe(lambda x: returned, Admission())
  assert raised.value.status is Status.INVALID


@pytest.mark.parametrize(
  ("body", "has_table"), [("jnp.log(x)", False), ("jnp.sin(x)", True)]
)
def test_a_probe_survives_a_pipe(body: str, has_table: bool) -> None:
  seen = _probe(_activation(body))  # A logarithm is NaN on one side.
  record, blob = seen.to_message()
  again = Probe.from_message(json.loads(json.dumps(record)), blob)
  np.testing.assert_array_equal(again.values, seen.values)
  np.testing.assert_array_equal(again.slopes, seen.slopes)
  assert (again.pointwise, again.cost) == (seen.pointwise, seen.cost)
  assert bool(again.table) == bool(seen.table) == has_table
  if again.table and seen.table:
    np.testing.assert_array_equal(again.table.values, seen.table.values)
    np.testing.assert_array_equal(again.table.slopes, seen.table.slopes)


@pytest.mark.parametrize(
  "change", [{"cost": None}, {"cost": {}}, {"cost": {"spam": 1}}]
)
def test_what_is_no_probe_is_a_value_error(change: dict[str, object]) -> None:
  record, blob = _probe(_SINE).to_message()
  with pytest.raises(ValueError, match="no probe"):
    Probe.from_message(record | change, blob)


@pytest.mark.parametrize("keep", [0, 3, 4, 4 * len(PROBE_GRID), -4])
def test_curves_of_another_length_are_no_probe(keep: int) -> None:
  record, blob = _probe(_SINE).to_message()
  with pytest.raises(ValueError, match="no probe"):
    Probe.from_message(record, blob[:keep])


def test_a_table_that_is_not_finite_is_no_probe() -> None:
  record, blob = _probe(_SINE).to_message()
  not_a_number = np.float32([np.nan]).tobytes()
  with pytest.raises(ValueError, match="no probe"):
    Probe.from_message(record, blob[:-4] + not_a_number)


def test_traits_survive_json() -> None:
  traits = _traits(_activation("jnp.log(x)"))
  again = Traits.from_json(json.loads(json.dumps(traits.to_json())))
  np.testing.assert_array_equal(again.signature, traits.signature)
  assert again.signature.dtype == np.float32
  assert (again.niche, again.pointwise, again.cost) == (
    traits.niche, traits.pointwise, traits.cost,
  )  # fmt: skip


@pytest.mark.parametrize(
  "one, other",
  [
    ("x * jax.nn.sigmoid(x)", "jax.nn.silu(x)"),
    ("jnp.maximum(x, 0)", "(x + jnp.abs(x)) / 2"),
    ("jnp.tanh(x)", "2 * jax.nn.sigmoid(2 * x) - 1"),
  ],
)
def test_finds_the_same_function_in_other_words(one: str, other: str) -> None:
  index = FunctionIndex()
  index.add("id", _traits(_activation(one)))
  assert index.find(_traits(_activation(other))) == "id"


@pytest.mark.parametrize(
  "one, other",
  [
    ("jax.nn.gelu(x)", "jax.nn.gelu(x, approximate=False)"),
    ("jnp.maximum(x, 0)", "jnp.maximum(x, 0.001 * x)"),
    ("x", "x + 0.001 * jnp.sin(8 * math.pi * x)"),  # Zero where the grid is.
    ("x + 0.01 * x.mean()", "x"),
    ("x - x.mean()", "x - x.mean()"),  # Mixes elements: never compared.
    ("x * jnp.nan", "x * jnp.nan"),
  ],
)
def test_other_functions_are_told_apart(one: str, other: str) -> None:
  index = FunctionIndex()
  index.add("id", _traits(_activation(one)))
  assert index.find(_traits(_activation(other))) is None


_BASE = _probe(_CUBE)
_SIZE = len(_traits(_CUBE).signature)
_scales = st.sampled_from([0.0, 1e-5, 1e-3, 1.0, 1e4])


@hypothesis.given(
  st.lists(st.tuples(st.integers(0, 2**32 - 1), _scales), min_size=1),
  st.integers(0, 2**32 - 1),
  st.floats(0, 3e-4),
)
def test_the_index_finds_what_a_full_comparison_finds(
  known: list[tuple[int, float]], seed: int, distance: float
) -> None:
  index = FunctionIndex()
  signatures = []
  for number, (key, scale) in enumerate(known):
    values = scale * np.random.default_rng(key).normal(size=_SIZE)
    signatures.append(values.astype(np.float32))
    index.add(str(number), _with(signatures[-1]))
  rng = np.random.default_rng(seed)
  near = signatures[int(rng.integers(len(known)))]
  asked = near * (1 + distance * rng.uniform(-1, 1, _SIZE))
  asked = asked.astype(np.float32)
  same = {
    str(number)
    for number, signature in enumerate(signatures)
    if np.allclose(signature, asked, rtol=1e-4, atol=1e-4)
  }
  found = index.find(_with(asked))
  assert found in same if same else found is None


def _with(signature: np.ndarray) -> Traits:
  return Traits((0,), True, signature, _BASE.cost)


def _trained(body: str, arguments: str = "beta=1.0") -> Probe:
  source = f"def activation(x, {arguments}):\n  return {body}\n"
  activation = Program(source).sharing(Share.LAYER).activation()
  return probe(activation, Admission())


def _swish(beta: float) -> np.ndarray:
  return np.asarray(PROBE_GRID / (1 + np.exp(-beta * PROBE_GRID)))


def test_the_probe_of_a_trained_activation_is_that_of_its_first_values() -> (
  None
):
  seen = _trained("x * jax.nn.sigmoid(beta * x)")
  np.testing.assert_allclose(seen.values, _swish(1.0), rtol=1e-4, atol=1e-6)
  assert seen.moved is not None
  np.testing.assert_allclose(seen.moved[0], _swish(1.25), rtol=1e-4, atol=1e-6)
  assert (seen.table, seen.share) == (None, Share.LAYER)
  body, blob = seen.to_message()
  again = Probe.from_message(json.loads(json.dumps(body)), blob)
  np.testing.assert_array_equal(again.moved, seen.moved)
  assert again.share is Share.LAYER


@pytest.mark.parametrize(
  ("body", "arguments", "is_same"),
  [
    ("x / (1 + jnp.exp(-b * x))", "b=1.0", True),
    ("x * jax.nn.sigmoid(x + beta - 1)", "beta=1.0", False),
    ("x * jax.nn.sigmoid(beta * x)", "beta=1.5", False),
    # Equal once beta has moved by 0.25, and of another gradient.
    ("x * jax.nn.sigmoid((3 * beta - 1) * x)", "beta=0.5", False),
  ],
)
def test_trained_functions_are_equal_if_their_parameters_act_alike(
  body: str, arguments: str, is_same: bool
) -> None:
  index = FunctionIndex()
  first = _trained("x * jax.nn.sigmoid(beta * x)")
  index.add("first", Traits.of("def activation(x): return x", first))
  other = Traits.of("def activation(x): return x", _trained(body, arguments))
  assert index.find(other) == ("first" if is_same else None)
  again = Traits.from_json(json.loads(json.dumps(other.to_json())))
  assert again.share is Share.LAYER
  assert again.moved is not None and other.moved is not None
  np.testing.assert_array_equal(again.moved, other.moved)


def test_the_signature_of_a_trained_function_is_that_of_its_first_values() -> (
  None
):
  trained = Traits.of("", _trained("x * jax.nn.sigmoid(beta * x)"))
  frozen = _traits(_activation("x * jax.nn.sigmoid(x)"))
  np.testing.assert_allclose(trained.signature, frozen.signature, atol=1e-5)


@pytest.mark.parametrize(
  ("body", "share", "reason"),
  [
    ("jnp.tanh(x) if beta > 0.5 else x", Share.LAYER, "jnp.where"),
    ("(x.reshape(-1) * beta).reshape(x.shape)", Share.LAYER, ""),
    ("(x.reshape(-1) * beta).reshape(x.shape)", Share.CHANNEL, "TypeError"),
    ("x * jnp.atleast_1d(beta)[:, None].sum()", Share.CHANNEL, ""),
    ("jnp.squeeze(x[..., None] * beta)", Share.CHANNEL, "returns float32"),
  ],
)
def test_parameters_are_tried_as_arrays(
  body: str, share: Share, reason: str
) -> None:
  """The defaults are plain numbers, which would hide it until training."""
  source = f"def activation(x, beta=1.0):\n  return {body}\n"
  activation = Program(source).sharing(share).activation()
  if not reason:
    probe(activation, Admission())
    return
  with pytest.raises(RejectedError, match=reason) as caught:
    probe(activation, Admission())
  assert "as arrays of the shape" in str(caught.value)
  assert "\n" not in str(caught.value)


def test_a_frozen_function_is_no_trained_one() -> None:
  index = FunctionIndex()
  trained = _trained("x * jax.nn.sigmoid(beta * x)")
  index.add("trained", Traits.of("def activation(x): return x", trained))
  frozen = _activation("x * jax.nn.sigmoid(1.25 * x)")
  assert index.find(_traits(frozen)) is None
