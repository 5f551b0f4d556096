"""Losses and scores of both trainings, in a process of its own.

  python -m tests.tasks.clrs30.parity ALGORITHM WIDTH LENGTHS LOOP [scores]

LENGTHS are joined by commas. LOOP is the loop of ours that is used, for short
or for long trajectories, or auto for what their size decides. Prints a line of
JSON: steps of [ours, upstream's], and, if asked for, the scores of both
networks with upstream's weights, of outputs and of hints. What decides
precision and the time to compile comes with the environment, which JAX reads
when it starts.
"""

import json
import sys
from typing import Any

import clrs
import jax
from clrs._src import decoders

from tasks.clrs30 import trajectory
from tasks.clrs30.data.sampler import BatchSampler
from tasks.clrs30.model import Model
from tasks.clrs30.protocol import Protocol
from tasks.clrs30.registry import get
from tests.bench import clrs_steps

SEED, STEPS = 7, 20
# Bytes above which a trajectory is long.
LOOPS = {"short": 1 << 40, "long": 0, "auto": trajectory._SHORT_BYTES}


def main() -> None:
  algorithm, hidden_size, lengths, loop, *scores = sys.argv[1:]
  trajectory._SHORT_BYTES = LOOPS[loop]
  protocol = Protocol(
    train_lengths=tuple(map(int, lengths.split(","))),
    batch_size=4 if int(hidden_size) < 128 else 32,
    hidden_size=int(hidden_size),
  )
  sampler = BatchSampler(protocol, get(algorithm), SEED)
  example = sampler.example()
  batches = [sampler.next_training() for _ in range(STEPS)]
  theirs = _upstream(sampler.spec, example, protocol)
  theirs.init([batches[0].features], SEED + 1)
  ours = Model(sampler.spec, example, jax.nn.relu, protocol)
  weights = jax.jit(ours.init)(SEED + 1)
  state = ours.optimiser.init(weights)
  step = jax.jit(ours.step)
  losses = []
  for number, batch in enumerate(batches):
    key = jax.random.PRNGKey(number)
    expected = theirs.feedback(key, batch)
    weights, state, loss = step(weights, state, key, batch)
    losses.append([float(loss), float(expected)])
  found = None
  if scores:
    weights = ours.flat(theirs.params)
    mine = jax.jit(ours.predict_hints)(weights, example.features)
    found = [
      _scores(example, outputs, by_step)
      for outputs, by_step in (
        (
          mine[0],
          [
            jax.tree.map(lambda x, i=i: x[i], mine[1])
            for i in range(_num_steps(example))
          ],
        ),
        _upstream_predictions(theirs, key, example),
      )
    ]
  print(json.dumps({"losses": losses, "scores": found}))


def _num_steps(batch: clrs.Feedback) -> int:
  return batch.features.hints[0].data.shape[0] - 1


def _upstream_predictions(
  model: clrs.models.BaselineModel, key: jax.Array, batch: clrs.Feedback
) -> tuple[Any, list[Any]]:
  """Outputs, and the hints of each step, which upstream leaves undecided."""
  outputs, hints = model.predict(key, batch.features, return_hints=True)
  return outputs, [
    decoders.postprocess(
      model._spec[0],
      step,
      sinkhorn_temperature=0.1,
      sinkhorn_steps=50,
      hard=True,
    )
    for step in hints
  ]


def _scores(
  batch: clrs.Feedback, outputs: Any, hints: list[Any]
) -> dict[str, float]:
  """Of the outputs, and of each hint."""
  of_hints = clrs.evaluate_hints(
    batch.features.hints, batch.features.lengths, hints
  )
  return {
    "score": float(clrs.evaluate(batch.outputs, outputs)["score"]),
    **{
      n: float(s) for n, s in of_hints.items() if not n.endswith("_along_time")
    },
  }


def _upstream(
  spec: clrs.Spec, example: clrs.Feedback, protocol: Protocol
) -> clrs.models.BaselineModel:
  model = clrs_steps.baseline(spec, example, protocol)
  # Compiled as one, initial weights do not wait for a compiled trajectory.
  init = jax.jit(
    model.net_fn.init,
    static_argnums=2,
    static_argnames=("algorithm_index", "return_hints", "return_all_outputs"),
  )
  model.net_fn = model.net_fn._replace(init=init)
  return model


if __name__ == "__main__":
  main()
