"""Losses and scores of both trainings, in a process of its own.

  python -m tests.tasks.clrs30.parity ALGORITHM WIDTH LENGTH,LENGTH [scores]

Prints a line of JSON: steps of [ours, upstream's], and, if asked for, the
scores of both networks with upstream's weights. What decides precision and the
time to compile comes with the environment, which JAX reads when it starts.
"""

import json
import sys

import clrs
import jax

from tasks.clrs30 import trajectory
from tasks.clrs30.data.stream import Stream
from tasks.clrs30.model import Model
from tasks.clrs30.protocol import Protocol

SEED, STEPS = 7, 20
# So that small networks, too, go both ways: 4 nodes are short, 14 long.
trajectory._SHORT_BYTES = 256 << 10


def main() -> None:
  algorithm, hidden_size, lengths, *scores = sys.argv[1:]
  protocol = Protocol(
    train_lengths=tuple(map(int, lengths.split(","))),
    batch_size=4 if int(hidden_size) < 128 else 32,
    hidden_size=int(hidden_size),
  )
  stream = Stream(protocol, algorithm, SEED)
  example = stream.example()
  batches = [stream.next_training() for _ in range(STEPS)]
  theirs = clrs.models.BaselineModel(
    spec=[stream.spec],
    dummy_trajectory=[example],
    processor_factory=clrs.get_processor_factory(
      "triplet_gmpnn", use_ln=True, nb_triplet_fts=8
    ),
    hidden_dim=protocol.hidden_size,
    encode_hints=True,
    decode_hints=True,
    encoder_init="xavier_on_scalars",
    learning_rate=protocol.learning_rate,
    grad_clip_max_norm=protocol.max_gradient_norm,
  )
  theirs.init([batches[0].features], SEED + 1)
  ours = Model(stream.spec, example, jax.nn.relu, protocol)
  weights = ours.init(SEED + 1)
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
    mine = jax.jit(ours.predict)(ours.flat(theirs.params), example.features)
    predicted, _ = theirs.predict(key, example.features)
    found = [
      float(clrs.evaluate(example.outputs, each)["score"])
      for each in (mine, predicted)
    ]
  print(json.dumps({"losses": losses, "scores": found}))


if __name__ == "__main__":
  main()
