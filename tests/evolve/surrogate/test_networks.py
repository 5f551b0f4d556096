"""Fisher information of this project's networks."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from evolve.surrogate.fisher import NUM_BINS, Fisher, Network
from tasks.clrs30.processors import DESIGNS, Processor
from tasks.imagenet.models import MODELS
from tasks.lab import problem, registry, task
from tasks.lab.networks import FAMILIES
from tasks.lab.suites import Suite

KEY = jax.random.PRNGKey(0)


def _of_lab(name: str) -> Network:
  family = FAMILIES[name]
  _, tasks = registry.select(Suite.of("lab"))
  first = next(each for each in tasks if each.network == name)
  drawn = problem.draw(family, [first], 0, 0).train
  batch = jax.tree.map(lambda a: jnp.asarray(a[0, :16]), drawn)
  return Network(
    family.build,
    batch.inputs,
    lambda outputs: jnp.sum(jnp.square(outputs - batch.targets) * batch.asked),
  )


# Of a round's four dense layers one reads edges, which these tasks lack.
# Pooling answers for the instance alone, Processor for nodes alone.
@pytest.mark.slow
@pytest.mark.parametrize(
  ("name", "count"),
  [
    (task.MLP, 4),
    (task.POOLING, 1 + 2 * 3 + 2),
    (task.PROCESSOR, 1 + 3 + 1),
  ],
)
def test_those_of_the_lab(name: str, count: int) -> None:
  fisher = Fisher(_of_lab(name), KEY)
  spectra = np.asarray(jax.jit(fisher.spectra, static_argnums=0)(jax.nn.gelu))
  assert spectra.shape == (count, NUM_BINS)
  assert np.isfinite(spectra).all()
  assert (spectra[:, -1] == 1).all()


@pytest.mark.slow
def test_the_processor_of_clrs() -> None:
  nodes, width = 5, 16
  rng = np.random.default_rng(0)
  inputs = (
    rng.normal(size=(4, nodes, width)),
    rng.normal(size=(4, nodes, nodes, width)),
    rng.normal(size=(4, width)),
    np.ones((4, nodes, nodes)),
    rng.normal(size=(4, nodes, width)),
  )

  def build(activation: Any) -> Any:
    processor = Processor(DESIGNS["triplet_gmpnn"], width, activation)
    return lambda features: processor(*features)[0]

  network = Network(
    build,
    jax.tree.map(lambda a: jnp.asarray(a, jnp.float32), inputs),
    lambda states: jnp.sum(jnp.square(states - 1)),
  )
  fisher = Fisher(network, KEY)
  factors = jax.jit(fisher.factors, static_argnums=0)(jax.nn.relu)
  # Layers of edges have no part in the states.
  assert 8 < len(fisher.layers) < len(factors)
  for name in fisher.layers:
    sums = factors[name]
    assert np.isfinite(sums.inputs).all() and jnp.trace(sums.gradients) > 0


@pytest.mark.slow
@pytest.mark.parametrize(
  ("name", "count"),
  [("resnet18_cifar", 21), ("vgg_small", 7), ("vit_tiny", 50)],
)
def test_classifiers_of_images(name: str, count: int) -> None:
  images = jax.random.normal(KEY, (4, 16, 16, 3))
  labels = jnp.arange(4)

  def build(activation: Any) -> Any:
    classifier = MODELS[name](10, activation)
    return lambda x: classifier(x, is_training=True)

  def loss(logits: jax.Array) -> jax.Array:
    logs = jax.nn.log_softmax(logits)
    return -jnp.take_along_axis(logs, labels[:, None], 1).sum()

  fisher = Fisher(Network(build, images, loss), KEY)
  factors = jax.jit(fisher.factors, static_argnums=0)(jax.nn.gelu)
  assert len(factors) == count
  for sums in factors.values():
    assert np.isfinite(sums.inputs).all() and np.isfinite(sums.gradients).all()
