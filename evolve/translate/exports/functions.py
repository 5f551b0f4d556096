"""Tables of what the functions of the language yield."""

from collections.abc import Mapping


def _paths(module: str, names: str) -> frozenset[str]:
  return frozenset(f"{module}.{name}" for name in names.split())


# Element by element, from numbers or arrays to the same.
ELEMENTWISE = (
  _paths(
    "jax.numpy",
    """
    abs absolute add arccos arccosh arcsin arcsinh arctan arctan2 arctanh cbrt
    ceil clip copysign cos cosh deg2rad divide exp exp2 expm1 fabs floor
    floor_divide fmax fmin fmod heaviside hypot i0 ldexp log log10 log1p log2
    logaddexp logaddexp2 maximum minimum mod multiply nan_to_num negative
    positive power rad2deg reciprocal remainder rint round sign sin sinc sinh
    sqrt square subtract tan tanh true_divide trunc
    """,
  )
  | _paths(
    "jax.nn",
    """
    celu elu gelu hard_sigmoid hard_silu hard_swish hard_tanh identity
    leaky_relu log_sigmoid mish relu relu6 selu sigmoid silu soft_sign
    softplus sparse_plus sparse_sigmoid squareplus swish tanh
    """,
  )
  | _paths(
    "jax.lax",
    """
    abs acos acosh add asin asinh atan atan2 atanh bessel_i0e bessel_i1e cbrt
    ceil clamp cos cosh digamma div erf erf_inv erfc exp exp2 expm1 floor
    integer_pow lgamma log log1p logistic max min mul neg pow reciprocal rem
    round rsqrt sign sin sinh sqrt square stop_gradient sub tan tanh
    """,
  )
  | _paths(
    "jax.scipy.special",
    """
    digamma entr erf erfc erfinv expit gammaln i0 i0e i1 i1e log_ndtr logit
    ndtr ndtri
    """,
  )
  | {"builtins.abs", "builtins.round", "builtins.pow"}
)

# Element by element, to truth values.
PREDICATES = _paths(
  "jax.numpy",
  """
  equal greater greater_equal isclose isfinite isinf isnan less less_equal
  logical_and logical_not logical_or logical_xor not_equal signbit
  """,
) | _paths("jax.lax", "eq ge gt is_finite le lt ne")

# Those of one array to one of the same dtype. Many are methods, too.
_KEEPING = """
  cumprod cumsum flatten max mean min prod ptp ravel repeat reshape round sort
  squeeze std sum swapaxes transpose var
"""
KEEPING_METHODS = frozenset({"clip", *_KEEPING.split()})
KEEPING = (
  _paths("jax.numpy", _KEEPING.replace("flatten", ""))
  | _paths(
    "jax.numpy",
    """
    atleast_1d average broadcast_to diff expand_dims flip full_like median
    moveaxis ones_like pad roll take take_along_axis tile tril triu zeros_like
    """,
  )
  | _paths("jax.nn", "log_softmax logsumexp softmax standardize")
  | _paths(
    "jax.lax", "cumlogsumexp cummax cummin cumprod cumsum expand_dims rev"
  )
  | {"jax.scipy.special.logsumexp"}
)

# Those of a condition and two values.
CHOICES = frozenset({"jax.numpy.where", "jax.lax.select"})

_OF_NUMBERS = {
  "jax.numpy": """
    abs:abs absolute:abs arccos:math.acos arccosh:math.acosh arcsin:math.asin
    arcsinh:math.asinh arctan:math.atan arctan2:math.atan2 arctanh:math.atanh
    cbrt:math.cbrt cos:math.cos cosh:math.cosh exp:math.exp exp2:math.exp2
    expm1:math.expm1 hypot:math.hypot log:math.log log10:math.log10
    log1p:math.log1p log2:math.log2 maximum:max minimum:min power:pow
    sin:math.sin sinh:math.sinh sqrt:math.sqrt tan:math.tan tanh:math.tanh
  """,
  "jax.lax": """
    abs:abs acos:math.acos acosh:math.acosh asin:math.asin asinh:math.asinh
    atan:math.atan atan2:math.atan2 atanh:math.atanh cbrt:math.cbrt
    cos:math.cos cosh:math.cosh erf:math.erf erfc:math.erfc exp:math.exp
    exp2:math.exp2 expm1:math.expm1 lgamma:math.lgamma log:math.log
    log1p:math.log1p max:max min:min pow:pow sin:math.sin sinh:math.sinh
    sqrt:math.sqrt tan:math.tan tanh:math.tanh
  """,
  "builtins": "abs:abs round:round pow:pow",
}
# What to call instead where all arguments are Python numbers.
OF_NUMBERS: Mapping[str, str] = {
  f"{module}.{name}": other
  for module, names in _OF_NUMBERS.items()
  for name, other in (pair.split(":") for pair in names.split())
}

CONSTANTS = _paths("jax.numpy", "e euler_gamma inf nan pi") | _paths(
  "math", "e inf nan pi tau"
)
DTYPES = _paths(
  "jax.numpy", "bfloat16 bool_ complex64 float16 float32 float64 int32"
)
# What annotations that tell something name.
TYPES = (
  DTYPES
  | _paths("builtins", "bool float int list tuple")
  | {"jax.Array", "jax.numpy.ndarray", "jax.typing.ArrayLike"}
)
