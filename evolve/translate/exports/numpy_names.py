"""The candidate language in NumPy and SciPy."""

from evolve.language import rules
from evolve.translate.exports.library import Library, parse_helpers
from evolve.translate.exports.training import Training, write_nothing
from evolve.translate.synonyms import pairs, table
from harness.core.parameters import Share

_HELPERS = """
def _keep_precision(function):
  '''Keeps the type of floats, where NumPy would return wider ones.'''
  @functools.wraps(function)
  def activation(x, *args, **kwargs):
    x = np.asarray(x)
    dtype = x.dtype if x.dtype.kind == "f" else None
    return np.asarray(function(x, *args, **kwargs), dtype)
  return activation
def _astype(x, dtype): return np.asarray(x).astype(dtype)
def _celu(x, alpha=1.0):
  return np.maximum(x, 0) + alpha * np.expm1(np.minimum(x, 0) / alpha)
def _clip(x, min=None, max=None): return np.clip(x, min, max)
def _clamp(min, x, max): return np.clip(x, min, max)
def _elu(x, alpha=1.0):
  return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))
def _gelu(x, approximate=True):
  if approximate:
    slope = math.sqrt(2 / math.pi)
    return 0.5 * x * (1 + np.tanh(slope * (x + 0.044715 * x**3)))
  from scipy.special import erfc
  return 0.5 * x * erfc(-math.sqrt(0.5) * x)
def _glu(x, axis=-1):
  value, gate = np.split(x, 2, axis)
  return value * _sigmoid(gate)
def _hard_sigmoid(x): return np.clip(x + 3, 0, 6) / 6
def _hard_swish(x): return x * _hard_sigmoid(x)
def _hard_tanh(x): return np.clip(x, -1, 1)
def _identity(x): return x
def _leaky_relu(x, negative_slope=0.01):
  return np.where(x >= 0, x, negative_slope * x)
def _log_sigmoid(x): return -_softplus(-x)
def _log_softmax(x, axis=-1): return special.log_softmax(x, axis)
def _mish(x): return x * np.tanh(_softplus(x))
def _reciprocal(x): return 1 / x
def _relu(x): return np.maximum(x, 0)
def _relu6(x): return np.clip(x, 0, 6)
def _round(x, ndigits=None):
  if isinstance(x, np.ndarray):
    return np.round(x, ndigits or 0)
  return round(x, ndigits)
def _round_away(x): return np.copysign(np.floor(np.abs(x) + 0.5), x)
def _rsqrt(x): return 1 / np.sqrt(x)
def _selu(x): return 1.0507009873554805 * _elu(x, 1.6732632423543772)
def _sigmoid(x):
  '''1 / (1 + exp(-x)), without overflow.'''
  return np.exp(-_softplus(-x))
def _soft_sign(x): return x / (1 + np.abs(x))
def _softmax(x, axis=-1): return special.softmax(x, axis)
def _softplus(x): return np.logaddexp(x, 0)
def _sparse_plus(x):
  return np.where(x >= 1, x, (np.clip(x, -1, 1) + 1) ** 2 / 4)
def _sparse_sigmoid(x): return 0.5 * np.clip(x + 1, 0, 2)
def _squareplus(x, b=4): return (x + np.sqrt(x**2 + b)) / 2
def _standardize(x, axis=-1, *, epsilon=1e-5):
  centred = x - np.mean(x, axis, keepdims=True)
  return centred / np.sqrt(np.var(x, axis, keepdims=True) + epsilon)
def _swish(x): return x * _sigmoid(x)
"""


def _members(module: str) -> str:
  return " ".join(rules.MODULES[module])


NUMPY = Library(
  title="NumPy",
  training=Training(
    notes={
      Share.LAYER: "Pass trained values by name.",
      Share.CHANNEL: (
        "Pass trained values by name, as arrays [channels] for the last axis."
      ),
    },
    write=write_nothing,
  ),
  imports={
    "functools": "import functools",
    "math": "import math",
    "np": "import numpy as np",
    "special": "from scipy import special",
    "stats": "from scipy import stats",
  },
  names=table(
    f"""
    jax.numpy -> np.
      {_members("jax.numpy")}
    jax.numpy.fft -> np.fft.
      {_members("jax.numpy.fft")}
    jax.scipy.special -> special.
      {_members("jax.scipy.special")}
    jax.scipy.stats.norm -> stats.norm.
      {_members("jax.scipy.stats.norm")}
    math -> math.
      {_members("math")}
    builtins ->
      {" ".join(rules.BUILTINS)}
    builtins -> _
      round
    jax.nn -> _
      celu elu gelu glu hard_sigmoid hard_swish hard_tanh identity leaky_relu
      log_sigmoid log_softmax mish relu relu6 selu sigmoid soft_sign softmax
      softplus sparse_plus sparse_sigmoid squareplus standardize swish
    jax.lax -> np.
      cumlogsumexp:logaddexp.accumulate cummax:maximum.accumulate
      cummin:minimum.accumulate cumprod:multiply.accumulate
      cumsum:add.accumulate expand_dims rev:flip
    jax.lax -> _
      clamp convert_element_type:astype round:round_away rsqrt
      stop_gradient:identity
    jax.numpy -> _
      clip reciprocal
    jax.numpy -> special.
      i0
    """
  )
  | {"jax.numpy.bfloat16": ""},
  # The method `sort` of NumPy's arrays changes them, and `ptp` is gone.
  methods={name: name for name in rules.METHODS}
  | {"ptp": "np.ptp", "sort": "np.sort"},
  properties={name: name for name in rules.PROPERTIES},
  helpers=parse_helpers(_HELPERS),
  keywords=pairs(
    """
    a append atol axes axis constant_values ddof decimals default dtype
    endpoint equal_nan fill_value indices initial k keepdims max min mode n
    nan neginf norm num posinf prepend repeats rtol shape shift side weights
    where
    """
  ).keys(),
  decorator="_keep_precision",
)
