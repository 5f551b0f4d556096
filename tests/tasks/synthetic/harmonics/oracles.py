"""Harmonics in plain Python."""

import math

TURN = 2 * math.pi


def _chirp(x, periods, swept, phase):
  turns = phase + periods * x[0] * (1 - swept + swept * x[0])
  return math.sin(TURN * turns)


def _damped(x, periods, phase, damping):
  return math.sin(TURN * (periods * x[0] + phase)) / math.exp(damping * x[0])


def _modulated(x, depth, fast, phases):
  envelope = math.sin(TURN * (0.3 * x[0] + phases[0]))
  carrier = math.sin(TURN * (fast * x[0] / 2 + phases[1]))
  return carrier + depth * envelope * carrier


def _plane(x, periods, phase):
  along = sum(p * v / 2 for p, v in zip(periods, x, strict=True))
  return math.cos(TURN * (along + phase))


def _standing(x, periods, phases):
  return math.prod(
    math.sin(TURN * (p * v / 2 + phase))
    for v, p, phase in zip(x, periods, phases, strict=True)
  )


def _ripples(x, centre, periods, phase):
  distance = math.dist(x, centre)
  return math.cos(TURN * (periods * distance / math.sqrt(8) + phase))


def _sum(x, periods, phases, second, inputs):
  first, other = (
    math.sin(TURN * (p * v / 2 + phase))
    for v, p, phase in zip((x[0], x[-1]), periods, phases, strict=True)
  )
  return first + second * other


def _trend(x, trend, periods, phase, inputs):
  wave = math.sin(TURN * (periods * x[-1] / 2 + phase))
  return trend[0] * x[0] + trend[1] * x[0] ** 2 + wave


ORACLES = {
  "chirp": _chirp,
  "damped_wave": _damped,
  "modulated_wave": _modulated,
  "plane_wave": _plane,
  "ripples": _ripples,
  "sine_sum": _sum,
  "standing_wave": _standing,
  "wave_on_trend": _trend,
}
