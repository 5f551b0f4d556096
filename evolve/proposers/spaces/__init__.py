"""Published spaces of formulas, from which strategies draw candidates."""

from collections.abc import Mapping

from evolve.proposers.spaces import operators
from evolve.proposers.spaces.space import Space

# binary(unary(x), unary(x)), by the operators of arXiv 2006.03179.
CORE_UNIT = Space(operators.UNARY, operators.BINARY, max_depth=1, nesting=0.0)
# By the names that users give.
SPACES: Mapping[str, Space] = {
  # Ramachandran et al., arXiv 1710.05941.
  "core_units": Space(
    operators.SWISH_UNARY, operators.SWISH_BINARY, max_depth=3, nesting=0.5
  ),
  # Bingham et al., arXiv 2002.07224.
  "trees": Space(operators.UNARY, operators.BINARY, max_depth=2, nesting=1.0),
}
