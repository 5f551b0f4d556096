import numpy as np
import pytest

from tasks.lab.encoding import Standardiser, padded_stack
from tasks.lab.networks import MLP_INPUTS, NODE_FEATURES
from tasks.lab.sample import Sample


def _points(low: float, high: float) -> Sample:
  """Two inputs of which the second is constant; targets 10 times the first."""
  x = np.linspace(low, high, 50, dtype=np.float32)
  points = np.stack([x, np.full_like(x, 3.0)], axis=1)
  return Sample({"x": points}, 10 * x)


def _graphs(targets: np.ndarray) -> Sample:
  """Two graphs: three nodes in a row, and one node, padded with garbage."""
  nodes = np.full((2, 3, 2), 99.0, np.float32)
  nodes[0] = [[1, 5], [2, 5], [3, 5]]
  nodes[1, 0] = [6, 5]
  mask = np.array([[1, 1, 1], [1, 0, 0]], np.float32)
  joined = np.zeros((2, 3, 3), np.float32)
  joined[0, [0, 1, 1, 2], [1, 0, 2, 1]] = 1
  edges = np.full((2, 3, 3), -50.0, np.float32)
  edges[0, [0, 1, 1, 2], [1, 0, 2, 1]] = [2, 2, 4, 4]
  inputs = {"nodes": nodes, "edges": edges, "joined": joined, "mask": mask}
  return Sample(inputs, targets)


def test_training_examples_are_standardised() -> None:
  train = _points(0, 1)
  encoded = Standardiser.fit(train, num_classes=0).encode(train, 1)
  scale = np.sqrt(MLP_INPUTS / 2)
  first = encoded.inputs["x"][:, 0] / scale
  assert first.mean() == pytest.approx(0, abs=1e-6)
  assert first.std() == pytest.approx(1, abs=1e-6)
  assert encoded.targets.mean() == pytest.approx(0, abs=1e-6)
  assert encoded.targets.std() == pytest.approx(1, abs=1e-6)


def test_ood_examples_use_the_statistics_of_training() -> None:
  train, test = _points(0, 1), _points(2, 3)
  encoded = Standardiser.fit(train, num_classes=0).encode(test, 1)
  x = train.inputs["x"][:, 0]
  expected = (test.inputs["x"][:, 0] - x.mean()) / x.std()
  scale = np.sqrt(MLP_INPUTS / 2)
  np.testing.assert_allclose(
    encoded.inputs["x"][:, 0], expected * scale, rtol=1e-5
  )
  np.testing.assert_allclose(encoded.targets[:, 0, 0], expected, rtol=1e-5)


def test_a_constant_feature_keeps_its_scale() -> None:
  train = _points(0, 1)
  standardiser = Standardiser.fit(train, num_classes=0)
  assert not standardiser.encode(train, 1).inputs["x"][:, 1].any()
  moved = Sample({"x": train.inputs["x"] + 2}, train.targets)
  scale = np.sqrt(MLP_INPUTS / 2)
  np.testing.assert_allclose(
    standardiser.encode(moved, 1).inputs["x"][:, 1], 2 * scale, rtol=1e-6
  )


def test_inputs_are_widened_with_zeros() -> None:
  encoded = Standardiser.fit(_points(0, 1), 0).encode(_points(0, 1), 1)
  assert encoded.inputs["x"].shape == (50, MLP_INPUTS)
  assert not encoded.inputs["x"][:, 2:].any()


def test_only_real_nodes_and_edges_count() -> None:
  graphs = _graphs(np.array([1.0, 3.0], np.float32))
  encoded = Standardiser.fit(graphs, num_classes=0).encode(graphs, 4)
  real = np.array([1, 2, 3, 6])
  expected = (real - real.mean()) / real.std() * np.sqrt(NODE_FEATURES / 2)
  nodes = encoded.inputs["nodes"]
  assert nodes.shape == (2, 3, NODE_FEATURES)
  np.testing.assert_allclose(
    [*nodes[0, :, 0], nodes[1, 0, 0]], expected, rtol=1e-5
  )
  assert not nodes[1, 1:].any()
  edges = encoded.inputs["edges"]
  assert edges[0, 0, 1] == pytest.approx(-1)
  assert edges[0, 1, 2] == pytest.approx(1)
  assert not edges[graphs.inputs["joined"] == 0].any()
  for name in ("joined", "mask"):
    np.testing.assert_array_equal(encoded.inputs[name], graphs.inputs[name])


def test_classes_are_left_as_they_are() -> None:
  graphs = _graphs(np.array([0, 2], np.int32))
  encoded = Standardiser.fit(graphs, num_classes=3).encode(graphs, 4)
  assert encoded.targets[:, 0, 0].tolist() == [0, 2]


def test_an_answer_of_the_instance_is_in_the_first_row() -> None:
  graphs = _graphs(np.array([1.0, 3.0], np.float32))
  encoded = Standardiser.fit(graphs, num_classes=0).encode(graphs, 4)
  assert encoded.targets[:, 0, 0].tolist() == [-1, 1]
  asked = np.zeros((2, 4, 4))
  asked[:, 0, 0] = 1
  np.testing.assert_array_equal(encoded.asked, asked)
  assert not encoded.targets[asked == 0].any()


def test_answers_of_nodes_are_in_the_rows_after_it() -> None:
  """Each output has statistics of its own, over real nodes."""
  targets = np.full((2, 3, 2), 1e6, np.float32)
  targets[0] = [[1, 10], [2, 20], [3, 30]]
  targets[1, 0] = [6, 60]
  graphs = _graphs(targets)
  encoded = Standardiser.fit(graphs, num_classes=0).encode(graphs, 4)
  asked = np.zeros((2, 4, 4))
  asked[0, 1:, :2] = asked[1, 1, :2] = 1
  np.testing.assert_array_equal(encoded.asked, asked)
  real = np.array([1, 2, 3, 6])
  expected = (real - real.mean()) / real.std()
  for output in range(2):
    found = encoded.targets[..., output][asked[..., output] == 1]
    np.testing.assert_allclose(found, expected, rtol=1e-5)
  assert not encoded.targets[asked == 0].any()


def test_graphs_without_edges() -> None:
  graphs = _graphs(np.array([1.0, 3.0], np.float32))
  graphs.inputs["joined"][:] = 0
  encoded = Standardiser.fit(graphs, num_classes=0).encode(graphs, 4)
  assert not encoded.inputs["edges"].any()


def test_encoding_leaves_the_sample_alone() -> None:
  graphs = _graphs(np.array([1.0, 3.0], np.float32))
  before = {name: values.copy() for name, values in graphs.inputs.items()}
  Standardiser.fit(graphs, num_classes=0).encode(graphs, 4)
  for name, values in before.items():
    np.testing.assert_array_equal(graphs.inputs[name], values)


@pytest.mark.parametrize("num_classes", [0, 3])
def test_encoded_arrays_are_float32(num_classes: int) -> None:
  graphs = _graphs(np.array([0, 2], np.int32 if num_classes else np.float32))
  encoded = Standardiser.fit(graphs, num_classes).encode(graphs, 4)
  arrays = (*encoded.inputs.values(), encoded.targets, encoded.asked)
  assert {values.dtype for values in arrays} == {np.dtype(np.float32)}


def test_stacking_pads_to_the_largest() -> None:
  stacked = padded_stack([np.ones((4, n), np.float32) for n in (2, 5)])
  assert stacked.shape == (2, 4, 5)
  assert stacked.sum(axis=2).tolist() == [[2] * 4, [5] * 4]
