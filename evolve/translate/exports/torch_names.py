"""The candidate language in PyTorch."""

from evolve.language import rules
from evolve.translate.exports.library import Library, parse_helpers
from evolve.translate.exports.training import Training, write_module
from evolve.translate.synonyms import pairs, table
from harness.core.parameters import Share

_HELPERS = """
def _tensor(x):
  '''A tensor as it is; a number as a tensor of floats.'''
  return x if isinstance(x, torch.Tensor) else torch.as_tensor(1.0 * x)
def _array(values, dtype=None):
  if isinstance(values, (list, tuple)):
    values = torch.stack([_array(value) for value in values])
  return torch.as_tensor(values, dtype=dtype)
def _astype(x, dtype): return _tensor(x).to(dtype)
def _cbrt(x):
  x = _tensor(x)
  return torch.sign(x) * torch.abs(x) ** (1 / 3)
def _cdf(x, loc=0, scale=1):
  return torch.special.ndtr(_tensor((x - loc) / scale))
def _celu(x, alpha=1.0):
  x = _tensor(x)
  return torch.where(x > 0, x, alpha * torch.expm1(x.clamp(max=0) / alpha))
def _clamp(min, x, max): return _clip(x, min, max)
def _clip(x, min=None, max=None):
  x = _tensor(x)
  if min is not None:
    x = torch.maximum(x, _tensor(min))
  return x if max is None else torch.minimum(x, _tensor(max))
def _cumprod(x, axis=None):
  return torch.cumprod(x.ravel() if axis is None else x, axis or 0)
def _cumsum(x, axis=None):
  return torch.cumsum(x.ravel() if axis is None else x, axis or 0)
def _detach(x): return x.detach()
def _elu(x, alpha=1.0):
  x = _tensor(x)
  return torch.where(x > 0, x, alpha * torch.expm1(x.clamp(max=0)))
def _flip(x, axis=None):
  return torch.flip(x, tuple(range(x.ndim)) if axis is None else (axis,))
def _full(shape, fill_value, dtype=None):
  return _array(fill_value, dtype).broadcast_to(shape)
def _full_like(x, fill_value, dtype=None):
  return torch.zeros_like(x, dtype=dtype) + fill_value
def _gelu(x, approximate=True):
  form = "tanh" if approximate else "none"
  return functional.gelu(_tensor(x), approximate=form)
def _glu(x, axis=-1): return functional.glu(x, axis)
def _identity(x): return x
def _leaky_relu(x, negative_slope=0.01):
  x = _tensor(x)
  return torch.where(x >= 0, x, negative_slope * x)
def _linspace(start, stop, num=50, *, dtype=None):
  return torch.linspace(start, stop, num, dtype=dtype)
def _logcdf(x, loc=0, scale=1):
  return torch.special.log_ndtr(_tensor((x - loc) / scale))
def _logpdf(x, loc=0, scale=1):
  z = (x - loc) / scale
  log = torch.log if isinstance(scale, torch.Tensor) else math.log
  return -0.5 * z**2 - 0.5 * math.log(2 * math.pi) - log(scale)
def _log_softmax(x, axis=-1): return torch.log_softmax(x, axis)
def _logsf(x, loc=0, scale=1): return _logcdf(-x, -loc, scale)
def _logsumexp(x, axis=None, *, keepdims=False):
  axes = tuple(range(x.ndim)) if axis is None else (axis,)
  return torch.logsumexp(x, axes, keepdims)
def _mean(x, axis=None, *, keepdims=False):
  return torch.mean(1.0 * x, axis, keepdims)
def _median(x, axis=None, *, keepdims=False):
  return torch.quantile(x, 0.5, axis, keepdims)
def _pdf(x, loc=0, scale=1):
  return torch.exp(_tensor(_logpdf(x, loc, scale)))
def _piecewise(x, conditions, pieces):
  values = [piece(x) if callable(piece) else piece for piece in pieces]
  y = _tensor(values[-1] if len(values) > len(conditions) else 0)
  for condition, value in zip(conditions, values):
    y = torch.where(condition, value, y)
  return y
def _polyval(p, x):
  y = torch.zeros_like(x)
  for coefficient in p:
    y = y * x + coefficient
  return y
def _ppf(q, loc=0, scale=1):
  return loc + scale * torch.special.ndtri(_tensor(q))
def _ptp(x, axis=None):
  axes = tuple(range(x.ndim)) if axis is None else (axis,)
  return torch.amax(x, axes) - torch.amin(x, axes)
def _roll(x, shift, axis=None): return torch.roll(x, shift, axis)
def _round(x, decimals=0): return torch.round(_tensor(x), decimals=decimals)
def _round_away(x):
  x = _tensor(x)
  return torch.copysign(torch.floor(torch.abs(x) + 0.5), x)
def _round_number(x, ndigits=None):
  if isinstance(x, torch.Tensor):
    return torch.round(x, decimals=ndigits or 0)
  return round(x, ndigits)
def _select(conditions, choices, default=0):
  y = _tensor(default)
  for condition, choice in zip(conditions[::-1], choices[::-1]):
    y = torch.where(condition, choice, y)
  return y
def _size(x): return x.numel()
def _sf(x, loc=0, scale=1): return _cdf(-x, -loc, scale)
def _softmax(x, axis=-1): return torch.softmax(x, axis)
def _sort(x, axis=-1): return torch.sort(x, axis).values
def _sparse_plus(x):
  x = _tensor(x)
  return torch.where(x >= 1, x, (torch.clip(x, -1, 1) + 1) ** 2 / 4)
def _sparse_sigmoid(x): return 0.5 * torch.clip(_tensor(x) + 1, 0, 2)
def _squareplus(x, b=4): return (x + torch.sqrt(_tensor(x**2 + b))) / 2
def _standardize(x, axis=-1, *, epsilon=1e-5):
  centred = x - torch.mean(x, axis, keepdim=True)
  variance = torch.var(x, axis, correction=0, keepdim=True)
  return centred / torch.sqrt(variance + epsilon)
def _std(x, axis=None, *, ddof=0, keepdims=False):
  return torch.std(x, axis, correction=ddof, keepdim=keepdims)
def _take(x, indices, axis=None):
  if axis is None:
    x, axis = x.ravel(), 0
  axis %= x.ndim
  indices = torch.as_tensor(indices, device=x.device)
  taken = torch.index_select(x, axis, indices.ravel())
  return taken.reshape(x.shape[:axis] + indices.shape + x.shape[axis + 1:])
def _var(x, axis=None, *, ddof=0, keepdims=False):
  return torch.var(x, axis, correction=ddof, keepdim=keepdims)
"""

# Functions that refuse a Python number as their first argument.
_OF_ONE_ARRAY = table(
  """
  jax.numpy -> torch.
    abs arccos arccosh arcsin arcsinh arctan arctanh
    bitwise_invert:bitwise_not ceil conj cos cosh deg2rad
    exp exp2 expm1 floor i0:special.i0 imag isfinite isinf isnan log log10 log1p
    log2 logical_not nan_to_num rad2deg real reciprocal rint:round sign signbit
    sin sinc sinh sqrt square tan tanh trunc where
  jax.scipy.special -> torch.special.
    digamma entr erf erfc erfinv gammaln i0 i0e i1 i1e log_ndtr logit ndtr ndtri
  jax.nn -> functional.
    celu elu hard_sigmoid:hardsigmoid hard_swish:hardswish hard_tanh:hardtanh
    leaky_relu log_sigmoid:logsigmoid mish relu relu6 selu soft_sign:softsign
    softplus swish:silu
  jax.nn -> torch.
    sigmoid
  jax.lax -> torch.
    rsqrt
  """
)
_OF_TWO_ARRAYS = table(
  """
  jax.numpy -> torch.
    allclose arctan2 bitwise_and bitwise_or bitwise_xor copysign float_power
    fmax fmin fmod heaviside hypot isclose ldexp logaddexp logaddexp2
    logical_and logical_or logical_xor maximum minimum
  jax.scipy.special -> torch.special.
    xlog1py xlogy
  """
)
_OTHERS = table(
  f"""
  jax.numpy -> operator.
    add divide:truediv equal:eq floor_divide:floordiv greater:gt
    greater_equal:ge less:lt less_equal:le mod multiply:mul negative:neg
    not_equal:ne positive:pos power:pow remainder:mod subtract:sub
  jax.numpy -> torch.
    all any arange argmax argmin argsort atleast_1d bfloat16 bool_:bool
    broadcast_to complex64 concatenate count_nonzero diff expand_dims:unsqueeze
    eye finfo float16 float32 float64 full full_like int32 max:amax min:amin
    moveaxis ones ones_like prod ravel repeat:repeat_interleave reshape squeeze
    searchsorted stack sum swapaxes take_along_axis:take_along_dim tile tril
    triu zeros zeros_like
  jax.numpy -> _
    array asarray:array astype cbrt clip cumprod cumsum cumulative_prod:cumprod
    cumulative_sum:cumsum flip linspace mean median piecewise polyval ptp roll
    round select size sort std take var
  jax.numpy -> math.
    e inf nan pi
  jax.numpy ->
    euler_gamma:0.5772156649015329 newaxis:None
  jax.scipy.special -> _
    logsumexp
  jax.scipy.stats.norm -> _
    cdf logcdf logpdf logsf pdf ppf sf
  jax.nn -> _
    gelu glu identity log_softmax softmax sparse_plus sparse_sigmoid squareplus
    standardize
  jax.lax -> _
    clamp convert_element_type:astype round:round_away stop_gradient:detach
  math -> math.
    {" ".join(rules.MODULES["math"])}
  builtins ->
    {" ".join(rules.BUILTINS)}
  builtins -> _
    round:round_number
  """
)

# Of `Activation`, of its `dim`, and of every module.
_RESERVED = pairs(
  """
  Activation T_destination add_module apply bfloat16 buffers call_super_init
  children compile cpu cuda dim double dump_patches eval extra_repr forward
  get_buffer get_extra_state get_parameter get_submodule half ipu
  load_state_dict modules mtia named_buffers named_children named_modules
  named_parameters parameters register_backward_hook register_buffer
  register_forward_hook register_forward_pre_hook
  register_full_backward_hook register_full_backward_pre_hook
  register_load_state_dict_post_hook register_load_state_dict_pre_hook
  register_module register_parameter register_state_dict_post_hook
  register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule
  share_memory state_dict super to to_empty train training type xpu zero_grad
  """
).keys()

TORCH = Library(
  title="PyTorch",
  training=Training(
    notes={
      Share.LAYER: "`Activation` is a module with such a set.",
      Share.CHANNEL: "`Activation` is a module with those of a place.",
    },
    write=write_module,
    reserved=_RESERVED,
    names=table(
      """
      jax.numpy -> _
        full full_like
      jax.lax -> _
        full_like
      jax.nn -> _
        celu elu leaky_relu
      """
    ),
  ),
  imports={
    "math": "import math",
    "operator": "import operator",
    "torch": "import torch",
    "functional": "from torch.nn import functional",
  },
  names=_OF_ONE_ARRAY | _OF_TWO_ARRAYS | _OTHERS,
  methods=pairs(
    """
    all any argmax argmin argsort astype:to clip:_clip conj cumprod:_cumprod
    cumsum:_cumsum flatten max:amax mean:_mean min:amin prod ptp:_ptp ravel
    repeat:repeat_interleave reshape round:_round sort:_sort squeeze std:_std
    sum swapaxes var:_var
    """
  ),
  properties=pairs("dtype eps imag ndim real shape size:_size tiny"),
  helpers=parse_helpers(_HELPERS),
  # PyTorch takes `axis` and `keepdims` for its own `dim` and `keepdim`.
  keywords=pairs(
    """
    alpha atol axis dtype equal_nan fill_value keepdims n nan negative_slope
    neginf posinf rtol side
    """
  ).keys(),
  arrays_only=dict.fromkeys(_OF_ONE_ARRAY.values(), 1)
  | dict.fromkeys(_OF_TWO_ARRAYS.values(), 2),
  to_array="_tensor",
  cast="_astype",
  backward_slices=False,
  subtracts_masks=False,
)
