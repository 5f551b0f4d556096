"""Parts of exports of activations whose parameters are trained."""

import dataclasses
from collections.abc import Callable, Mapping, Set

from harness.core.parameters import Share

_SHARING = {
  Share.FROZEN: "",
  Share.LAYER: "Its parameters are trained, a set for each place in a network.",
  Share.CHANNEL: (
    "Its parameters are trained, a set for each channel of each place in a "
    "network."
  ),
}

_IN_HAIKU = """\
PARAMETERS has their values before training. In a module of Haiku:

    parameters = {{
        name: hk.get_parameter(
            name, {shape}, x.dtype, hk.initializers.Constant(value)
        )
        for name, value in PARAMETERS.items()
    }}
    x = activation(x, **parameters)"""

_MODULES = {
  Share.LAYER: '''
class Activation(torch.nn.Module):
  """The activation with a set of parameters."""

  def __init__(self):
    super().__init__()
    {parameters}

  def forward(self, x):
    return activation(x, {arguments})
''',
  Share.CHANNEL: '''
class Activation(torch.nn.Module):
  """The activation with a set of parameters for each channel.

  Args:
    num_channels: the size of the input along `dim`.
    dim: the axis of channels: 1 after a convolution, -1 after a linear layer.
  """

  def __init__(self, num_channels, dim=-1):
    super().__init__()
    self.dim = dim
    {parameters}

  def forward(self, x):
    x = x.movedim(self.dim, -1)
    y = activation(x, {arguments})
    return y.movedim(-1, self.dim)
''',
}


@dataclasses.dataclass(frozen=True)
class Training:
  """The way to train the parameters of an activation with a library.

  Attributes:
    notes: where users find the parameters, by sharing.
    write: the Python text that follows an activation with these defaults.
    reserved: names that a program, and its parameters, leave to the text.
    names: counterparts that take arrays, for functions of which the library's
      own take numbers.
  """

  notes: Mapping[Share, str]
  write: Callable[[Mapping[str, float], Share], str]
  reserved: Set[str] = frozenset()
  names: Mapping[str, str] = dataclasses.field(default_factory=dict)

  def paragraph(self, share: Share) -> str:
    """For docstrings: how parameters are shared; empty if they are frozen."""
    return f"{_SHARING[share]}\n{self.notes.get(share, '')}".strip()


def in_haiku(shape: str) -> str:
  """The lines by which a user of JAX trains parameters of a shape."""
  return _IN_HAIKU.format(shape=shape)


def write_nothing(defaults: Mapping[str, float], share: Share) -> str:
  del defaults, share
  return ""


def write_values(defaults: Mapping[str, float], share: Share) -> str:
  """The first values of the parameters, by name."""
  del share
  return f"PARAMETERS = {dict(defaults)}"


def write_module(defaults: Mapping[str, float], share: Share) -> str:
  """A module of PyTorch, with an attribute for each parameter."""
  shape = "(num_channels,)" if share is Share.CHANNEL else "()"
  parameters = (
    f"self.{name} = torch.nn.Parameter(torch.full({shape}, {value!r}))"
    for name, value in defaults.items()
  )
  return _MODULES[share].format(
    parameters="\n    ".join(parameters),
    arguments=", ".join(f"{name}=self.{name}" for name in defaults),
  )
