"""The axes of the archive in words; see `Descriptors`."""

from evolve.admission.descriptors import NICHE_LIMITS, Asymptote

_SIZE_LIMIT, _, _, _TURNS_LIMIT = NICHE_LIMITS


def sizes() -> list[str]:
  """Operations, calls, names and constants, by bits of their number, from 1."""
  return [_numbers(bits, _SIZE_LIMIT) for bits in range(1, _SIZE_LIMIT + 1)]


def turns() -> list[str]:
  """Turning points, by bits of their number, from 0."""
  return [_numbers(bits, _TURNS_LIMIT) for bits in range(_TURNS_LIMIT + 1)]


def asymptotes() -> list[str]:
  """How functions grow far out, from the slowest."""
  return [asymptote.name.lower() for asymptote in Asymptote]


def in_words(niche: tuple[int, ...]) -> tuple[str, str, str, str]:
  """Size, growth far left and far right, and turning points of a niche."""
  size, left, right, turning = niche
  return (
    _numbers(size, _SIZE_LIMIT),
    asymptotes()[left],
    asymptotes()[right],
    _numbers(turning, _TURNS_LIMIT),
  )


def _numbers(bits: int, limit: int) -> str:
  """Those of so many binary digits, or more at the limit."""
  low, high = (1 << bits) >> 1, (1 << bits) - 1
  if bits == limit:
    return f"{low}+"
  return f"{low}-{high}" if low < high else f"{low}"
