"""The tasks that ship: what each family holds, and that answers are right."""

import collections
import pathlib
import re

import numpy as np
import pytest
from scipy.sparse import csgraph
from scipy.spatial import distance

import tasks.synthetic
from tasks.lab import registry
from tasks.lab.sample import Band

PI = np.pi


def _families(suite):
  return collections.Counter(t.family for t in registry.of_suite(suite))


def test_the_lab_holds_its_families():
  wanted = {"polynomials": 5, "harmonics": 5, "feynman": 8, "reasoning": 6}
  assert _families("lab") == wanted


def test_heldout_holds_siblings_of_every_family():
  held_out = _families("heldout")
  assert held_out.keys() == _families("lab").keys()
  assert held_out.total() >= 12


@pytest.mark.parametrize("suite", list(registry.SUITES))
def test_a_task_is_named_after_its_file(suite):
  root = pathlib.Path(tasks.synthetic.__file__).parent
  singular = {"polynomials": "polynomial", "harmonics": "harmonic"}
  for task in registry.of_suite(suite):
    prefix = singular.get(task.family, task.family)
    stem = re.sub(f"^{prefix}_", "", task.name)
    assert (root / task.family / f"{stem}.py").exists()


def _polynomials():
  return registry.with_tag("polynomials")


@pytest.mark.parametrize("task", _polynomials(), ids=lambda t: t.name)
def test_polynomials_have_degree_2_to_5_in_1_to_3_inputs(task):
  assert 1 <= len(task.inputs) <= 3
  rng = np.random.default_rng(0)
  start, direction = rng.uniform(1, 2, (2, len(task.inputs)))
  line = start + np.arange(7)[:, None] * direction
  values = task.function(*line.T)
  # Differences of order k vanish on a line exactly for degrees below k.
  assert np.abs(np.diff(values, n=6)).max() < 1e-9 * np.abs(values).max()
  assert np.abs(np.diff(values, n=2)).max() > 1e-3


@pytest.mark.parametrize(
  ("name", "arguments", "value"),
  [
    ("polynomial_saddle", (3, 2), 5),
    ("polynomial_cubic", (2,), 2),
    ("polynomial_monkey_saddle", (1, 2), -11),
    ("polynomial_heron", (3, 4, 5), 36),
    ("polynomial_smootherstep", (0.5,), 0.5),
    ("polynomial_quadratic_form", (1, 2, 3), -12),
    ("polynomial_symmetric", (1, 2, 3), 23),
    ("polynomial_rosenbrock", (0, 2), 5),
    ("harmonic_sum", (PI / 2, PI), 1.5),
    ("harmonic_product", (PI / 2, 0), 1),
    ("harmonic_chirp", (PI / 4, 2), 1),
    ("harmonic_beat", (PI / 2,), -1),
    ("harmonic_damped", (PI,), np.exp(-PI / 8)),
    ("harmonic_trend", (PI / 4,), PI / 4 + 1),
    ("harmonic_square_wave", (PI / 2,), 13 / 15),
    ("harmonic_plane_wave", (PI, 1, 1), -1),
    ("feynman_i_6_2", (2, 2), 0.12098536225957168),
    ("feynman_i_12_1", (2, 3), 6),
    ("feynman_i_12_2", (2, 3, 1.5, 2), 1 / (4 * PI)),
    ("feynman_i_18_4", (1, 3, 2, 6), 5),
    ("feynman_i_24_6", (2, 1, 2, 2), 10),
    ("feynman_i_29_4", (6, 2), 3),
    ("feynman_i_50_26", (2, PI, 1, 3), 4),
    ("feynman_ii_2_42", (2, 5, 3, 4, 2), 8),
    ("feynman_ii_11_3", (2, 3, 1, 5, 4), 2 / 3),
    ("feynman_ii_3_24", (4, 2), 1 / (4 * PI)),
    ("feynman_ii_34_11", (2, 3, 4, 6), 2),
    ("feynman_iii_15_14", (4, 2, 2), 1),
  ],
)
def test_functions_at_a_known_point(name, arguments, value):
  task = registry.get(name)
  assert task.function(*map(np.float64, arguments)) == pytest.approx(value)


def _graph(weights, joined):
  return np.where(joined > 0, weights, 0)


def _source_and_target(nodes):
  return nodes[:, 0].argmax(), nodes[:, 1].argmax()


def _shortest_path(nodes, weights, joined):
  source, target = _source_and_target(nodes)
  return csgraph.dijkstra(_graph(weights, joined), indices=source)[target]


def _reachability(nodes, weights, joined):
  source, target = _source_and_target(nodes)
  labels = csgraph.connected_components(_graph(weights, joined))[1]
  return labels[source] == labels[target]


def _plurality(nodes, weights, joined):
  (winner, most), *others = collections.Counter(nodes[:, 0]).most_common()
  assert all(count < most for _, count in others)
  return winner


ORACLES = {
  "reasoning_maximum": lambda v, w, j: sorted(v.tolist())[-1][1:].index(1),
  "reasoning_rank": lambda v, w, j: sum(a < q for a, q in v),
  "reasoning_parity": lambda v, w, j: v.sum() % 2,
  "reasoning_modular_sum": lambda v, w, j: v.sum() % 3,
  "reasoning_majority": _plurality,
  "reasoning_shortest_path": _shortest_path,
  "reasoning_range": lambda v, w, j: v.max() - v.min(),
  "reasoning_closest_pair": lambda v, w, j: distance.pdist(v).min(),
  "reasoning_membership": lambda v, w, j: any(a == q for a, q in v),
  "reasoning_reachability": _reachability,
}


def test_every_reasoning_task_has_an_oracle():
  assert ORACLES.keys() == {t.name for t in registry.with_tag("reasoning")}


@pytest.mark.parametrize("name", ORACLES)
@pytest.mark.parametrize("band", list(Band))
def test_reasoning_answers_agree_with_an_oracle(name, band):
  inputs, targets = registry.get(name).sample(
    np.random.default_rng(3), band, 100
  )
  for k, size in enumerate(inputs["mask"].sum(axis=1).astype(int)):
    instance = (
      inputs["nodes"][k, :size],
      inputs["edges"][k, :size, :size],
      inputs["joined"][k, :size, :size],
    )
    assert ORACLES[name](*instance) == pytest.approx(targets[k], abs=1e-5)
