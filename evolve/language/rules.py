"""The allow-list of the candidate language: tables only, no logic.

Names that are not listed here do not exist for a candidate. Left out on purpose
are functions that call back (pure_callback, vectorize, while_loop, scan), but
for PIECEWISE, whose functions are seen in its call; that read or write (save,
load, debug), keep state or draw random numbers; and linear algebra, which is no
business of an activation function.
"""

import ast
from collections.abc import Mapping


def _names(text: str) -> frozenset[str]:
  return frozenset(text.split())


# Bounds, each far above the needs of a sensible activation.
MAX_CHARACTERS = 20_000
MAX_NODES = 5_000
MAX_DEPTH = 80
MAX_LOOP = 1_000
# Expressions evaluated by one call with all loops unrolled. Tracing can take
# half a millisecond for each, and a probe has half a minute.
MAX_STEPS = 20_000
# JAX's default integers have 32 bits; larger ones raise there anyway.
MAX_INTEGER = 2**31 - 1

ENTRY_NAMES = ("activation", "activation_function")

BUILTINS = _names(
  """
  abs bool enumerate float int len list max min pow range reversed round sum
  tuple zip
  """
)

# Names that every candidate finds bound, with their paths.
PREBOUND: Mapping[str, str] = {
  "jax": "jax",
  "jnp": "jax.numpy",
  "lax": "jax.lax",
  "math": "math",
} | {name: f"builtins.{name}" for name in BUILTINS}

# Names that a candidate may not bind to anything else.
RESERVED: Mapping[str, str] = {**PREBOUND, "nn": "jax.nn"}

# Statements of a text about itself, which are dropped.
METADATA = _names("__all__ __author__ __date__ __license__ __version__")

# Modules that serve annotations alone; dropped, too.
TYPING = _names(
  "__future__ chex collections.abc jaxtyping typing typing_extensions"
)

# The one function that takes functions of the program.
PIECEWISE = "jax.numpy.piecewise"

_NUMPY = {
  "constants": "e euler_gamma inf nan newaxis pi",
  "types": """
    bfloat16 bool_ complex64 finfo float16 float32 float64 int32 ndarray
  """,
  "elementwise mathematics": """
    abs absolute acos acosh add arccos arccosh arcsin arcsinh arctan arctan2
    arctanh asin asinh atan atan2 atanh cbrt ceil conj copysign cos cosh
    deg2rad divide exp exp2 expm1 fabs float_power floor floor_divide fmod
    hypot i0 imag interp ldexp log log10 log1p log2 logaddexp logaddexp2 mod
    multiply negative polyval positive pow power rad2deg real reciprocal
    remainder rint round sign signbit sin sinc sinh sqrt square subtract tan
    tanh true_divide trunc
  """,
  "comparison and selection": """
    allclose bitwise_and bitwise_invert bitwise_or bitwise_xor clip equal
    greater greater_equal heaviside isclose isfinite isinf isnan less
    less_equal logical_and logical_not logical_or logical_xor maximum minimum
    fmax fmin nan_to_num not_equal piecewise searchsorted select where
  """,
  "reductions and scans": """
    all any argmax argmin average count_nonzero cumprod cumsum cumulative_prod
    cumulative_sum diff max mean median min prod ptp std sum var
  """,
  "shape and movement": """
    argsort astype atleast_1d broadcast_to concat concatenate expand_dims flip
    moveaxis ndim pad permute_dims ravel repeat reshape roll shape size sort
    split squeeze stack swapaxes take take_along_axis tile transpose tril triu
    unstack
  """,
  "creation": """
    arange array asarray eye full full_like linspace ones ones_like zeros
    zeros_like
  """,
}

MODULES: Mapping[str, frozenset[str]] = {
  path: _names(names)
  for path, names in {
    "jax": "Array",
    "jax.typing": "ArrayLike",
    "jax.numpy": " ".join(_NUMPY.values()),
    "jax.numpy.fft": """
      fft fft2 fftfreq fftshift ifft ifft2 ifftshift irfft rfft rfftfreq
    """,
    "jax.nn": """
      celu elu gelu glu hard_sigmoid hard_silu hard_swish hard_tanh identity
      leaky_relu log_sigmoid log_softmax logsumexp mish relu relu6 selu sigmoid
      silu soft_sign softmax softplus sparse_plus sparse_sigmoid squareplus
      standardize swish tanh
    """,
    "jax.lax": """
      abs acos acosh add asin asinh atan atan2 atanh bessel_i0e bessel_i1e cbrt
      ceil clamp convert_element_type cos cosh cumlogsumexp cummax cummin
      cumprod cumsum digamma div eq erf erf_inv erfc exp exp2 expand_dims expm1
      floor full_like ge gt imag integer_pow is_finite le lgamma log log1p
      logistic lt max min mul ne neg pow real reciprocal rem rev round rsqrt
      select select_n sign sin sinh sqrt square stop_gradient sub tan tanh
    """,
    "jax.scipy": "",
    "jax.scipy.special": """
      digamma entr erf erfc erfinv expit gammaln i0 i0e i1 i1e log_ndtr
      logit logsumexp ndtr ndtri xlog1py xlogy
    """,
    "jax.scipy.stats": "",
    "jax.scipy.stats.norm": "cdf logcdf logpdf logsf pdf ppf sf",
    "math": """
      acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh e erf
      erfc exp exp2 expm1 fabs factorial floor gamma hypot inf isfinite lgamma
      log log10 log1p log2 nan pi pow sin sinh sqrt tan tanh tau trunc
    """,
  }.items()
}

METHODS = _names(
  """
  all any argmax argmin argsort astype clip conj cumprod cumsum flatten max
  mean min prod ptp ravel repeat reshape round sort squeeze std sum swapaxes
  transpose var
  """
)
# Includes those of `jnp.finfo`.
PROPERTIES = _names("T dtype eps imag ndim real shape size tiny")

# Keyword arguments whose value may be text, as in `jnp.pad(..., mode="edge")`.
TEXT_KEYWORDS = frozenset({"dtype", "mode", "norm", "side"})

NODES: frozenset[type[ast.AST]] = frozenset(
  {
    # Statements.
    *(ast.Module, ast.FunctionDef, ast.Return, ast.Assign, ast.AugAssign),
    *(ast.For, ast.If, ast.Expr, ast.Pass, ast.Break, ast.Continue),
    *(ast.Import, ast.ImportFrom),
    # Expressions.
    *(ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.Lambda, ast.IfExp, ast.Compare),
    *(ast.Call, ast.Constant, ast.Attribute, ast.Subscript, ast.Slice),
    *(ast.Name, ast.Tuple, ast.List, ast.ListComp, ast.GeneratorExp),
    # Operators.
    *(ast.And, ast.Or, ast.Not, ast.Invert, ast.UAdd, ast.USub),
    *(ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow),
    *(ast.BitAnd, ast.BitOr, ast.BitXor),
    *(ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Is, ast.IsNot),
    *(ast.In, ast.NotIn, ast.Load),
  }
)

# Names in error messages for the most tempting of the other nodes, and the
# constructs to use instead.
_STATE = "a candidate keeps no state"
_FAILURE = "a candidate cannot raise or handle errors"
_CONTAINER = "only tuples and lists hold several values"
_NO_TEXT = "text is only for docstrings"
_COROUTINE = "a function ends by returning an array"
REJECTED: Mapping[type[ast.AST], tuple[str, str]] = {
  ast.While: ("`while`", "loop with `for` over a constant range"),
  ast.ClassDef: ("`class`", "write functions"),
  ast.Global: ("`global`", _STATE),
  ast.Nonlocal: ("`nonlocal`", _STATE),
  ast.Delete: ("`del`", _STATE),
  ast.NamedExpr: ("`:=`", "assign in a statement of its own"),
  ast.Try: ("`try`", _FAILURE),
  ast.Raise: ("`raise`", _FAILURE),
  ast.Assert: ("`assert`", _FAILURE),
  ast.With: ("`with`", "a candidate opens nothing"),
  ast.Yield: ("`yield`", _COROUTINE),
  ast.YieldFrom: ("`yield from`", _COROUTINE),
  ast.Await: ("`await`", _COROUTINE),
  ast.AsyncFunctionDef: ("`async def`", _COROUTINE),
  ast.Match: ("`match`", "choose with `jnp.where`"),
  ast.Dict: ("a dictionary", _CONTAINER),
  ast.Set: ("a set", _CONTAINER),
  ast.DictComp: ("a dictionary comprehension", _CONTAINER),
  ast.SetComp: ("a set comprehension", _CONTAINER),
  ast.JoinedStr: ("an f-string", _NO_TEXT),
  ast.Starred: ("`*`", "write each element or argument out"),
  ast.MatMult: ("`@`", "sum products with `jnp.sum`"),
  ast.LShift: ("`<<`", "multiply by a power of two"),
  ast.RShift: ("`>>`", "divide by a power of two"),
}
