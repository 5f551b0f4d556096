"""Piecewise functions against plain loops, other formulas and geometry."""

import math

import numpy as np
from scipy import signal

from tests.tasks.synthetic.drawing import drawn, points


def _agrees(name, oracle):
  for task in drawn(name):
    arguments = points(task)
    expected = [oracle(task.parameters, *point) for point in arguments.T]
    np.testing.assert_allclose(task.function(*arguments), expected, atol=1e-9)


def test_max_affine():
  def oracle(p, *point):
    first, second = (
      max(
        sum(s * x for s, x in zip(piece, point, strict=True)) + offset
        for piece, offset in zip(slopes, offsets, strict=True)
      )
      for slopes, offsets in zip(p["slopes"], p["offsets"], strict=True)
    )
    return first - second

  _agrees("max_affine", oracle)


def test_triangle_wave():
  def oracle(p, x, y):
    turns = p["slopes"][0] * x + p["slopes"][1] * y + p["phase"]
    wave = signal.sawtooth(2 * math.pi * turns, width=0.5)  # From -1 to 1.
    return (wave + 1) / 2 + p["drift"] * x

  _agrees("triangle_wave", oracle)


def test_clipped_product():
  def oracle(p, x, y):
    first, second = (
      a * x + b * y + c
      for (a, b), c in zip(p["slopes"], p["offsets"], strict=True)
    )
    return sorted([p["low"], first * second, p["high"]])[1]

  _agrees("clipped_product", oracle)


def test_soft_steps():
  def oracle(p, x, y):
    place = x + p["slope"] * y
    return sum(
      h / (1 + math.exp(-p["sharpness"] * (place - edge)))
      for h, edge in zip(p["heights"], p["edges"], strict=True)
    )

  _agrees("soft_steps", oracle)


def test_folds_are_reflections():
  def oracle(p, x, y):
    first, second, third = p["creases"]
    height = x + p["slope"] * max(y - first, first - y)
    for crease in (second, third):
      height = (height if height > 0 else -height) - crease
    return height if height > 0 else -height

  _agrees("folds", oracle)


def test_signed_distance_to_points_of_the_outlines():
  angles = np.linspace(0, 2 * np.pi, 4001)
  round_about = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
  for task in drawn("signed_distance"):
    p = task.parameters
    disc = p["disc"] + p["radius"] * round_about
    corners = np.sign(np.round(round_about, 9)) * p["sides"]
    box = p["box"] + corners + p["corner"] * round_about
    # The straight sides join the corners' ends.
    shares = np.linspace(0, 1, 400)[:, None]
    jumps = np.flatnonzero(np.abs(np.diff(corners, axis=0)).any(axis=1))
    sides = [box[k] + shares * (box[k + 1] - box[k]) for k in jumps]
    outline = np.concatenate([box, *sides])
    x, y = points(task, count=40)
    found = task.function(x, y)
    point = np.stack([x, y], axis=-1)[:, None]
    to_disc, to_box = (
      np.linalg.norm(point - shape, axis=-1).min(axis=1)
      for shape in (disc, outline)
    )
    outside = found > 0
    assert outside.any()
    nearest = np.minimum(to_disc, to_box)[outside]
    np.testing.assert_allclose(found[outside], nearest, atol=2e-3)
    centres = task.function(*np.stack([p["disc"], p["box"]], axis=-1))
    assert centres[0] <= -p["radius"] + 1e-9
    assert centres[1] <= -p["sides"].min() - p["corner"] + 1e-9
