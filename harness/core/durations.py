"""Times in words: those gone, and estimates of those left."""


def clock(seconds: float) -> str:
  """Minutes:seconds, or hours:minutes:seconds."""
  minutes, rest = divmod(int(seconds), 60)
  hours, minutes = divmod(minutes, 60)
  if hours:
    return f"{hours}:{minutes:02d}:{rest:02d}"
  return f"{minutes}:{rest:02d}"


def time_left(done: float, left: float, seconds: float) -> str:
  """An estimate such as ", about 2:10 left"; empty without a base for it.

  Args:
    done: the amount of work done in `seconds`.
    left: the amount of work left.
    seconds: until now, so that the estimate grows while nothing gets done.
  """
  if done <= 0 or left <= 0:
    return ""
  return f", about {clock(seconds * left / done)} left"
