"""Rank correlations between the lab and benchmarks, in words."""

from collections.abc import Sequence

from harness.core.evidence import Estimate
from harness.reporting.sections.transfer_measures import (
  Relation,
  main_benchmarks,
)


def sentences(relations: Sequence[Relation]) -> list[str]:
  """Relations that can be said, one sentence for all algorithms of CLRS-30.

  Those that have a mean.
  """
  known = [relation for relation in relations if relation.correlation]
  main = list(main_benchmarks([relation.benchmark for relation in known]))
  found = [sentence(one) for one in known if one.benchmark in main]
  rest = [one for one in known if one.benchmark not in main]
  return [*found, _on_algorithms(rest)] if rest else found


def sentence(relation: Relation) -> str:
  """A relation with the lab."""
  rho = relation.correlation
  assert rho
  name = relation.benchmark.name
  text = f"{name}: Spearman's rho with the lab is {rho.value:+.2f}"
  if rho.low is None or rho.high is None:
    return (
      f"{text}, over {len(relation.activations)} activations "
      f"(p = {relation.p_value:.2g}, unadjusted)."
    )
  text += f" ({rho.low:+.2f} to {rho.high:+.2f}, unadjusted"
  if relation.ceiling is not None:
    text += f"; {relation.ceiling:.2f} at best"
  text += ")"
  if rho.low > 0:
    return f"{text}: activations better on the lab tend to be better here."
  if rho.high < 0:
    return f"{text}: activations better on the lab tend to be worse here."
  return (
    f"{text}: this can't be told from no relation; with "
    f"{len(relation.activations)} activations that takes "
    f"{relation.smallest:.2f}."
  )


def _on_algorithms(relations: Sequence[Relation]) -> str:
  """The algorithms by the sign of their correlations."""

  def listed(sign: int) -> str:
    names = [
      one.benchmark.name.split(maxsplit=1)[1]
      for one in relations
      if one.correlation and _sign(one.correlation) == sign
    ]
    # Names of several runs have labels, after commas.
    mark = "; " if any("," in name for name in names) else ", "
    return mark.join(names) or "none"

  return (
    f"{len(relations)} algorithms of CLRS-30, each at 95% without adjustment "
    "for their number: activations better on the lab tend to be better on "
    f"{listed(1)}, and worse on {listed(-1)}."
  )


def _sign(correlation: Estimate) -> int:
  """That of the whole interval; 0 if it has both.

  Only a perfect order has no interval.
  """
  if correlation.low is None or correlation.high is None:
    return 1 if correlation.value > 0 else -1
  return (correlation.low > 0) - (correlation.high < 0)
