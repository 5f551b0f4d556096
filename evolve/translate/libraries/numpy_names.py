"""What the functions of the language are called in NumPy and SciPy."""

import pathlib

from evolve.language import rules
from evolve.translate.exports.target import Target, read_helpers
from evolve.translate.names import named

_SAME = rules.MODULES["jax.numpy"] - {"bfloat16", "i0"}

_PATH = pathlib.Path(__file__)

_FUNCTIONS = (
  named("jax.numpy", "np.", " ".join(_SAME))
  | named("jax.numpy.fft", "np.fft.", " ".join(rules.MODULES["jax.numpy.fft"]))
  | named("math", "math.", " ".join(rules.MODULES["math"]))
  | named("builtins", "", " ".join(rules.BUILTINS))
  | named(
    "jax.nn",
    "_",
    """
    celu elu gelu hard_sigmoid hard_silu:hard_swish hard_swish hard_tanh
    identity leaky_relu log_sigmoid log_softmax mish relu relu6 selu sigmoid
    silu:swish soft_sign softmax softplus sparse_plus sparse_sigmoid squareplus
    standardize swish
    """,
  )
  | named(
    "jax.lax",
    "np.",
    """
    abs acos:arccos acosh:arccosh add asin:arcsin asinh:arcsinh atan:arctan
    atan2:arctan2 atanh:arctanh cbrt ceil cos cosh div:divide eq:equal exp exp2
    expand_dims expm1 floor full_like ge:greater_equal gt:greater imag
    integer_pow:power is_finite:isfinite le:less_equal log log1p lt:less
    max:maximum min:minimum mul:multiply ne:not_equal neg:negative pow:power
    real reciprocal rem:fmod rev:flip select:where sign sin sinh sqrt square
    sub:subtract tan tanh
    """,
  )
  | named(
    "jax.lax",
    "_",
    """
    clamp convert_element_type:astype cumlogsumexp cummax cummin
    cumprod:cumprod_from_first cumsum:cumsum_from_first round:round_away rsqrt
    stop_gradient:identity
    """,
  )
  | named(
    "jax.lax",
    "special.",
    """
    bessel_i0e:i0e bessel_i1e:i1e digamma erf erf_inv:erfinv erfc
    lgamma:gammaln logistic:expit
    """,
  )
  | named(
    "jax.scipy.special",
    "special.",
    " ".join(rules.MODULES["jax.scipy.special"]),
  )
  | {
    "builtins.round": "np.round",
    "jax.Array": "np.ndarray",
    "jax.typing.ArrayLike": "np.ndarray",
    "jax.numpy.i0": "special.i0",
    "jax.numpy.reciprocal": "_reciprocal",
    "jax.nn.logsumexp": "special.logsumexp",
    "jax.nn.tanh": "np.tanh",
  }
)

NUMPY = Target(
  title="NumPy",
  imports={
    "math": "import math",
    "np": "import numpy as np",
    "special": "from scipy import special",
  },
  functions=_FUNCTIONS,
  # The method `sort` of NumPy's arrays changes them, and `ptp` is gone.
  methods={name: name for name in rules.METHODS}
  | {"ptp": "np.ptp", "sort": "np.sort"},
  properties={name: name for name in rules.PROPERTIES},
  helpers=read_helpers(_PATH.with_name("numpy_helpers.py")),
  general={
    "np.clip": (2, "_clip"),
  },
  variants={"_gelu": {True: "_gelu", False: "_gelu_exact"}},
  number=("float(", ")"),
  cast=("np.asarray(", ", {}.dtype)"),
)
