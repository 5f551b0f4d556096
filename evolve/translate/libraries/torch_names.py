"""What the functions of the language are called in PyTorch."""

import pathlib

from evolve.language import rules
from evolve.translate.exports.target import Target, read_helpers
from evolve.translate.names import named, pairs

_PATH = pathlib.Path(__file__)

_FUNCTIONS = (
  named(
    "jax.numpy",
    "torch.",
    """
    abs absolute:abs add all allclose any arange arccos arccosh arcsin arcsinh
    arctan arctan2 arctanh argmax argmin argsort asarray:as_tensor atleast_1d
    bfloat16 bool_:bool broadcast_to ceil clip complex64 concatenate conj
    copysign cos cosh count_nonzero deg2rad diff divide equal:eq exp exp2
    expand_dims:unsqueeze expm1 eye fabs:abs finfo float16 float32 float64
    float_power floor floor_divide fmax fmin fmod full full_like greater:gt
    greater_equal:ge hypot i0:special.i0 imag int32 isclose isfinite isinf
    isnan ldexp less:lt less_equal:le linspace log log10 log1p log2 logaddexp
    logaddexp2 logical_and logical_not logical_or logical_xor max:amax maximum
    mean min:amin minimum mod:remainder moveaxis multiply nan_to_num
    ndarray:Tensor negative not_equal:ne ones ones_like positive power:pow prod
    rad2deg ravel real reciprocal remainder repeat:repeat_interleave reshape
    rint:round roll round sign signbit sin sinc sinh sqrt square squeeze stack
    subtract sum swapaxes take_along_axis:take_along_dim tan tanh tile tril
    triu true_divide:divide trunc where zeros zeros_like
    """,
  )
  | named(
    "jax.numpy",
    "_",
    """
    array cbrt cumprod cumsum flip heaviside median ndim polyval ptp select
    shape size sort std take var
    """,
  )
  | named("jax.numpy", "math.", "e inf nan pi")
  | named("math", "math.", " ".join(rules.MODULES["math"]))
  | named("builtins", "", " ".join(rules.BUILTINS))
  | named(
    "jax.nn",
    "functional.",
    """
    celu elu hard_silu:hardswish hard_swish:hardswish hard_tanh:hardtanh
    leaky_relu log_sigmoid:logsigmoid mish relu relu6 selu silu
    soft_sign:softsign softplus swish:silu
    """,
  )
  | named("jax.nn", "torch.", "sigmoid tanh")
  | named(
    "jax.nn",
    "_",
    """
    gelu hard_sigmoid identity log_softmax logsumexp softmax sparse_plus
    sparse_sigmoid squareplus standardize
    """,
  )
  | named(
    "jax.lax",
    "torch.",
    """
    abs acos acosh add asin asinh atan atan2 atanh bessel_i0e:special.i0e
    bessel_i1e:special.i1e ceil cos cosh digamma div eq erf erf_inv:erfinv erfc
    exp exp2 expm1 floor full_like ge gt imag integer_pow:pow
    is_finite:isfinite le lgamma log log1p logistic:sigmoid lt max:maximum
    min:minimum mul ne neg pow real reciprocal rem:fmod rev:flip rsqrt
    select:where sign sin sinh sqrt square sub tan tanh
    """,
  )
  | named(
    "jax.lax",
    "_",
    """
    cbrt clamp convert_element_type:astype cumlogsumexp cummax cummin
    cumprod:cumprod_from_first cumsum:cumsum_from_first round:round_away
    stop_gradient:detach
    """,
  )
  | named(
    "jax.scipy.special",
    "torch.special.",
    """
    digamma entr erf erfc erfinv expit gammaln i0 i0e i1 i1e log_ndtr logit
    ndtr ndtri xlog1py xlogy
    """,
  )
  | {
    "builtins.round": "torch.round",
    "jax.Array": "torch.Tensor",
    "jax.typing.ArrayLike": "torch.Tensor",
    "jax.numpy.euler_gamma": "0.5772156649015329",
    "jax.numpy.newaxis": "None",
    "jax.scipy.special.logsumexp": "_logsumexp",
  }
)

_METHODS = """
  all any argmax argmin argsort astype:to clip conj cumprod cumsum flatten
  max:amax mean min:amin prod ptp:_ptp ravel repeat:repeat_interleave reshape
  round sort:_sort squeeze std:_std sum swapaxes var:_var
"""
_PROPERTIES = "dtype eps imag ndim real shape size:numel() tiny"

TORCH = Target(
  title="PyTorch",
  imports={
    "math": "import math",
    "torch": "import torch",
    "functional": "from torch.nn import functional",
  },
  functions=_FUNCTIONS,
  methods=pairs(_METHODS),
  properties=pairs(_PROPERTIES),
  keywords={
    "": {
      **{name: name for name in ("dtype", "decimals", "fill_value")},
      **{name: name for name in ("alpha", "negative_slope", "min", "max")},
      **{name: name for name in ("nan", "posinf", "neginf", "equal_nan")},
      **{name: name for name in ("rtol", "atol")},
      **{"axis": "dim", "keepdims": "keepdim", "num": "steps"},
      **{"shape": "size", "k": "diagonal"},
    },
    "torch.reshape": {"shape": "shape"},
    "torch.roll": {"axis": "dims", "shift": "shifts"},
  },
  helpers=read_helpers(_PATH.with_name("torch_helpers.py")),
  backward_slices=False,
  number=("", ".item()"),
  array="torch.as_tensor",
  # Besides, those of `jax.nn` take parameters that are no arrays.
  numbers_allowed=frozenset(
    {"abs", "pow", "torch.clip", "torch.nan_to_num", "torch.pow"}
    | {name for name in _FUNCTIONS.values() if name.startswith("functional.")}
    | {"torch.where", "_round", "_squareplus"}
  ),
  general={
    "torch.clip": (2, "_clip"),
    "torch.round": (0, "_round"),
    "clip": (2, "_clip"),
    "cumprod": (1, "_cumprod"),
    "cumsum": (1, "_cumsum"),
    "round": (0, "_round"),
  },
  variants={"_gelu": {True: "_gelu", False: "functional.gelu"}},
  mask_suffix=".int()",
  cast=("torch.as_tensor(", ", dtype={}.dtype)"),
  dtype="torch.{}",
)
