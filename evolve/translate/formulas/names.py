"""What the functions of the language are called in formulas."""

from collections.abc import Mapping

from evolve.translate.names import named

# By path. Modules name the same function differently; formulas do not.
NAMES: Mapping[str, str] = (
  named(
    "jax.numpy",
    "",
    """
    abs absolute:abs add arccos arccosh:arcosh arcsin arcsinh:arsinh arctan
    arctanh:artanh array asarray:array ceil clip cos cosh divide equal exp exp2
    expm1 fabs:abs float32:identity floor full_like greater greater_equal
    heaviside hypot less less_equal log log10 log1p log2 logaddexp logical_and
    logical_not logical_or maximum minimum multiply negative not_equal
    ones_like polyval positive:identity power reciprocal select sign:sgn sin
    sinc:sinc_pi sinh sqrt square subtract tan tanh true_divide:divide where
    zeros_like
    """,
  )
  | named(
    "jax.nn",
    "",
    """
    celu elu gelu hard_sigmoid hard_silu:hard_swish hard_swish hard_tanh
    identity leaky_relu log_sigmoid mish relu relu6 selu sigmoid silu:swish
    soft_sign softplus sparse_plus sparse_sigmoid squareplus swish tanh
    """,
  )
  | named(
    "jax.lax",
    "",
    """
    abs acos:arccos acosh:arcosh add asin:arcsin asinh:arsinh atan:arctan
    atanh:artanh ceil clamp convert_element_type:identity cos cosh div:divide
    eq:equal erf erfc exp exp2 expm1 floor full_like ge:greater_equal gt:greater
    integer_pow:power le:less_equal log log1p logistic:sigmoid lt:less
    max:maximum min:minimum mul:multiply ne:not_equal neg:negative pow:power
    reciprocal rsqrt select:where sign:sgn sin sinh sqrt square
    stop_gradient:identity sub:subtract tan tanh
    """,
  )
  | named("jax.scipy.special", "", "erf erfc expit:sigmoid")
  | named(
    "math",
    "",
    """
    acos:arccos acosh:arcosh asin:arcsin asinh:arsinh atan:arctan atanh:artanh
    cos cosh erf erfc exp exp2 expm1 fabs:abs hypot log log10 log1p log2
    pow:power sin sinh sqrt tan tanh
    """,
  )
  | named("builtins", "", "abs float:identity pow:power")
)
