"""Names of the candidate language that stand for the same function."""

from collections.abc import Mapping


def pairs(names: str) -> dict[str, str]:
  """New names by old ones, from words `old:new`, or `name` for both."""
  split = (name.partition(":") for name in names.split())
  return {old: new or old for old, _, new in split}


def table(text: str) -> dict[str, str]:
  """Counterparts of the members of modules.

  Args:
    text: sections that begin with a line `module -> prefix of the new names`,
      followed by lines of words as `pairs` takes them.
  """
  counterparts: dict[str, str] = {}
  module = prefix = ""
  for line in text.splitlines():
    if " ->" in line:
      module, _, prefix = (part.strip() for part in line.partition("->"))
    else:
      for old, new in pairs(line).items():
        counterparts[f"{module}.{old}"] = prefix + new
  return counterparts


SYNONYMS: Mapping[str, str] = table(
  """
  jax.lax -> jax.numpy.
    abs acos:arccos acosh:arccosh add asin:arcsin asinh:arcsinh atan:arctan
    atan2:arctan2 atanh:arctanh cbrt ceil cos cosh div:divide eq:equal exp exp2
    expm1 floor full_like ge:greater_equal gt:greater imag integer_pow:power
    is_finite:isfinite le:less_equal log log1p lt:less max:maximum min:minimum
    mul:multiply ne:not_equal neg:negative pow:power real reciprocal rem:fmod
    select:where sign sin sinh sqrt square sub:subtract tan tanh
  jax.lax -> jax.scipy.special.
    bessel_i0e:i0e bessel_i1e:i1e digamma erf erf_inv:erfinv erfc lgamma:gammaln
  jax.lax -> jax.nn.
    logistic:sigmoid
  jax.nn -> jax.nn.
    hard_silu:hard_swish silu:swish
  jax.nn -> jax.numpy.
    tanh
  jax.nn -> jax.scipy.special.
    logsumexp
  jax.numpy -> jax.numpy.
    absolute:abs acos:arccos acosh:arccosh asin:arcsin asinh:arcsinh
    atan:arctan atan2:arctan2 atanh:arctanh concat:concatenate fabs:abs
    permute_dims:transpose pow:power true_divide:divide
  jax.scipy.special -> jax.nn.
    expit:sigmoid
  math -> jax.numpy.
    acos:arccos acosh:arccosh asin:arcsin asinh:arcsinh atan:arctan
    atanh:arctanh ceil cos cosh e exp exp2 expm1 fabs:abs floor hypot log log10
    log1p log2 pi pow:power sin sinh sqrt tan tanh
  math -> jax.scipy.special.
    erf erfc
  builtins -> jax.numpy.
    abs pow:power
  """
)
