"""Searches for activation functions that generalise out of distribution.

  python -m harness.search --evaluations=300 --workdir=runs/first

Evolves small Python functions and scores each on the lab. The winner is chosen
among the best on new seeds and on further tasks, and scored on fresh and on
held-out ones. Writes every candidate to programs.sqlite in the workdir, the
winner to best.py, and summary.json last.
"""

from pathlib import Path
from typing import Any

from absl import flags

from harness.core import cluster, entry, parameters, user_module
from harness.core.errors import UserError
from harness.core.parameters import Share
from tasks.lab.suites import NUM_TASKS

# Flags that a resumed run may have other values of: they change no candidate,
# or decide who answers, and an answer is kept whoever gave it.
_MAY_CHANGE = (
  "workers",
  "ray",
  "top",
  "references",
  "fresh_seeds",
  "llm",
  "llm_weights",
  "llm_selection",
  "llm_temperature",
  "llm_max_answer",
  "llm_extra",
  "llm_concurrency",
  "llm_timeout",
  "llm_prices",
  "max_llm_cost",
  "max_llm_tokens",
)

_WORKDIR = flags.DEFINE_string("workdir", None, "directory for the results")
_RESUME = flags.DEFINE_bool("resume", False, "go on with the run in workdir")
_SUITE = flags.DEFINE_string(
  "suite",
  "lab",
  "what to optimise: lab, or a suite that a --task_module defines; fresh and "
  "held-out tasks can't be",
)
_NUM_TASKS = flags.DEFINE_integer(
  "num_tasks", NUM_TASKS, "tasks to draw", lower_bound=1
)
_DRAW = flags.DEFINE_integer(
  "draw", 0, "number of the draw; another one has other tasks", lower_bound=0
)
_TASKS = flags.DEFINE_list(
  "tasks",
  [],
  "tasks, generators, families or tags to choose from the suite; empty for all",
)
_TASK_MODULE = flags.DEFINE_list(
  "task_module",
  [],
  "importable modules, or paths to .py files, whose tasks join the suite, or "
  "that define a suite of their own",
)
_FITNESS = flags.DEFINE_string(
  "fitness",
  None,
  "FILE.py:NAME, an objective of your own in place of a suite: a function "
  "evaluate(activation, seed) -> float in [0, 1], or an object of the Fitness "
  "protocol (harness/core/fitness.py); it has no held-out tasks",
)
_MUTATOR = flags.DEFINE_enum(
  "mutator",
  "expression",
  [
    *("expression", "random", "spline", "entropy", "pangaea", "surrogate"),
    *("llm", "mixed"),
  ],
  "what writes candidates: changes to syntax trees, the random control, an "
  "evolution strategy over the control points of a free-form curve, EAFO's "
  "corrections by entropy, PANGAEA's formulas with trained parameters, a "
  "surrogate's predictions, language models, or models and changes by turns",
)
_BLOCKS = ("blocks", "core_units", "trees")
_SPACES = {
  "expression": _BLOCKS,
  "random": _BLOCKS,
  "surrogate": ("small", "large"),
}
_SPACE = flags.DEFINE_enum(
  "space",
  None,
  ["blocks", "core_units", "trees", "small", "large"],
  "formulas that --mutator=expression and random write: our building blocks "
  "(the default), core units as in the search for Swish (arXiv 1710.05941), or "
  "trees as in arXiv 2002.07224; or those of --mutator=surrogate: the small "
  "(the default) or the large space of arXiv 2301.05785",
)
_PREDICTOR = flags.DEFINE_enum(
  "predictor",
  "union",
  ["union", "outputs", "fisher", "process"],
  "what --mutator=surrogate predicts by: nearest neighbours in an embedding by "
  "outputs and Fisher information (arXiv 2301.05785), by outputs or by Fisher "
  "information alone, or a Gaussian process on both",
)
_BENCHMARK = flags.DEFINE_string(
  "benchmark",
  None,
  "with --mutator=surrogate, scores of functions on another task, a file of "
  "harness.actbench: the best are the first candidates, and make the shortlist "
  "of --space=large, which needs them",
)
_BENCHMARK_TASK = flags.DEFINE_string(
  "benchmark_task",
  "spirals",
  "whose scores, of --benchmark; not those of a suite that the search is on",
)
_TUNING_SHARE = flags.DEFINE_float(
  "tuning_share",
  0.0,
  "share of the candidates of --mutator=expression that tune the constants of "
  "the best structures, by an evolution strategy",
  lower_bound=0.0,
  upper_bound=1.0,
)
_TUNING_EVALUATIONS = flags.DEFINE_integer(
  "tuning_evaluations",
  24,
  "candidates that tune one structure, before the next one's turn",
  lower_bound=1,
)
_TRAINED_SHARE = flags.DEFINE_float(
  "trained_share",
  1.0,
  "share of the candidates that train, those whose nearest earlier functions "
  "have the highest values; the others cost no work, so a --budget lasts for "
  "more. With --mutator=expression, random, llm or mixed",
  lower_bound=0.01,
  upper_bound=1.0,
)
_FILTERED = ("expression", "random", "llm", "mixed")
_BUDGET = flags.DEFINE_float(
  "budget",
  None,
  "work of the search, as a multiple of the tasks x seeds x steps of one "
  "evaluation in full; screens, races and tuning count, the verification does "
  "not. With --resume, a larger number extends the run",
  lower_bound=1.0,
)
_EVALUATIONS = flags.DEFINE_integer(
  "evaluations",
  None,
  "candidates in all, with generation zero (default: 300 without --budget, "
  "else as many as it allows); with --resume, a larger number extends the run",
  lower_bound=1,
)
_FURTHER_DRAWS = flags.DEFINE_integer(
  "further_draws",
  2,
  "further draws of tasks, with further seeds, that a candidate earns as long "
  "as it could be among the best; it is ranked by the lower confidence bound "
  "of its mean. 0 for one draw and its luck",
  lower_bound=0,
)
_INIT = flags.DEFINE_list(
  "init",
  [],
  "generation zero: named activations, panel, .py files, directories; empty "
  "for the well-known activations",
)
_PARAMETERS = flags.DEFINE_enum(
  "parameters",
  Share.FROZEN,
  list(Share),
  f"{parameters.HELP}; what pangaea writes is trained by channel if this says "
  "frozen",
)
_SEED = flags.DEFINE_integer("seed", 0, "keys every random draw", lower_bound=0)
_NUM_SEEDS = flags.DEFINE_integer(
  "num_seeds", None, "networks per task (default: full fidelity)", lower_bound=1
)
_STEPS = flags.DEFINE_integer(
  "steps", None, "training steps (default: full fidelity)", lower_bound=1
)
_SCREEN_QUANTILE = flags.DEFINE_float(
  "screen_quantile",
  0.5,
  "candidates whose screen is below this quantile of those seen are stopped",
  lower_bound=0.0,
  upper_bound=1.0,
)
_LAG = flags.DEFINE_integer(
  "lag",
  8,
  "a proposal sees results up to this many slots back; bounds the candidates "
  "in work, and so the workers that can be busy",
  lower_bound=1,
)
_MAX_FLOPS = flags.DEFINE_float(
  "max_flops",
  None,
  "weighted operations per element that an activation may take (default: "
  "four times the dearest named activation)",
  lower_bound=1.0,
)
_MAX_MEMORY = flags.DEFINE_float(
  "max_memory",
  None,
  "memory that an activation may take, as a multiple of its input's",
  lower_bound=1.0,
)
_POINTWISE_ONLY = flags.DEFINE_bool(
  "pointwise_only", False, "refuse functions that mix elements"
)
_EXACT = flags.DEFINE_bool(
  "exact",
  False,
  "train each candidate by a program of its own, where else a table of its "
  "values stands for it; slower",
)
_CANDIDATES_PER_BATCH = flags.DEFINE_integer(
  "candidates_per_batch",
  1,
  "tables that train in one program; at most --lag. More is faster on a GPU",
  lower_bound=1,
)
_WORKERS = flags.DEFINE_integer(
  "workers",
  2,
  "processes that train at the same time; with --ray, on each node, at most as "
  "many as it has processors",
  lower_bound=1,
)
_RAY = flags.DEFINE_string("ray", None, cluster.HELP)
_TOP = flags.DEFINE_integer(
  "top",
  5,
  "how many of the best are verified at the end; another number with --resume "
  "verifies a finished run again",
  lower_bound=1,
)
_REFERENCES = flags.DEFINE_list(
  "references",
  "relu,gelu,swish,hard_swish,gelusine,gelu_sinc_perturbation",
  "activations that the winner is compared with: names and .py files; others "
  "with --resume verify a finished run again",
)
_FRESH_SEEDS = flags.DEFINE_integer(
  "fresh_seeds",
  2,
  "seeds per task, new to the search, that the best are verified on; another "
  "number with --resume verifies a finished run again",
  lower_bound=1,
)
_LLM = flags.DEFINE_list(
  "llm",
  [],
  "models to ask, each MODEL (at OpenAI or OPENAI_BASE_URL) or MODEL@BASE_URL, "
  "as qwen3@http://localhost:11434/v1; keys come from OPENAI_API_KEY, or from "
  "LLM_API_KEY for other hosts",
)
_LLM_WEIGHTS = flags.DEFINE_list(
  "llm_weights", [], "how often each of --llm is asked; equally if empty"
)
_LLM_SELECTION = flags.DEFINE_enum(
  "llm_selection",
  "weights",
  ["weights", "bandit"],
  "choose models by --llm_weights, or by the improvement that they give per "
  "dollar (per token if a price is unknown)",
)
_LLM_SHARE = flags.DEFINE_float(
  "llm_share",
  0.5,
  "share of the candidates that models write with --mutator=mixed",
  lower_bound=0.0,
  upper_bound=1.0,
)
_LLM_TEMPERATURE = flags.DEFINE_float(
  "llm_temperature", 1.0, "of the sampling", lower_bound=0.0
)
_LLM_MAX_ANSWER = flags.DEFINE_integer(
  "llm_max_answer",
  16_384,
  "tokens that an answer may take, with what a model thinks before it; halved "
  "for models whose server has no room for that",
  lower_bound=1,
)
_LLM_EXTRA = flags.DEFINE_string(
  "llm_extra",
  None,
  "JSON object with further fields of requests, as "
  '\'{"enable_thinking": false}\' or \'{"reasoning_effort": "low"}\'; is '
  "recorded, so it must hold no key",
)
_LLM_CONCURRENCY = flags.DEFINE_integer(
  "llm_concurrency",
  8,
  "calls in flight at a time; one that takes much longer than usual is made a "
  "second time, beside these",
  lower_bound=1,
)
_LLM_TIMEOUT = flags.DEFINE_float(
  "llm_timeout", 300.0, "seconds that a call may take", lower_bound=0.1
)
_LLM_PRICES = flags.DEFINE_string(
  "llm_prices",
  None,
  "JSON file with US dollars per million tokens: "
  '{"MODEL": {"prompt": 0.15, "completion": 0.6}}',
)
_MAX_LLM_COST = flags.DEFINE_float(
  "max_llm_cost",
  None,
  "US dollars; the search ends before more is spent, calls in flight included",
  lower_bound=0.0,
)
_MAX_LLM_TOKENS = flags.DEFINE_integer(
  "max_llm_tokens", None, "the same in tokens", lower_bound=1
)
_REPLAY = flags.DEFINE_string(
  "replay",
  None,
  "directory of a run whose recorded answers are taken instead of asking",
)


def _author() -> Any:
  """Language models that write candidates; None without."""
  from evolve.proposers.llm.author import AuthorConfig
  from evolve.proposers.llm.client_config import Caps, ClientConfig, Sampling
  from evolve.proposers.llm.models import parse, read_prices
  from evolve.proposers.llm.request_form import read_extra

  if _MUTATOR.value not in ("llm", "mixed"):
    if _LLM.value or _REPLAY.value:
      raise UserError("--llm and --replay need --mutator=llm or mixed")
    return None
  if not (_LLM.value or _REPLAY.value):
    raise UserError(
      f"--mutator={_MUTATOR.value} needs a model: --llm=MODEL with "
      "OPENAI_API_KEY set, or --llm=MODEL@http://localhost:11434/v1"
    )
  prices = read_prices(_LLM_PRICES.value) if _LLM_PRICES.value else {}
  models = parse(_LLM.value, _LLM_WEIGHTS.value, prices)
  caps = Caps(_MAX_LLM_COST.value, _MAX_LLM_TOKENS.value)
  caps.check(models)
  replay = None
  if _REPLAY.value:
    replay = Path(_REPLAY.value) / "programs.sqlite"
  if replay and not replay.exists():
    raise UserError(f"--replay: no run in {_REPLAY.value}")
  return AuthorConfig(
    models,
    _LLM_SELECTION.value,
    1.0 if _MUTATOR.value == "llm" else _LLM_SHARE.value,
    ClientConfig(
      Sampling(
        _LLM_TEMPERATURE.value,
        _LLM_MAX_ANSWER.value,
        _LLM_TIMEOUT.value,
        read_extra(_LLM_EXTRA.value or "{}"),
      ),
      _LLM_CONCURRENCY.value,
      caps,
    ),
    replay,
  )


def _space() -> str | None:
  """The space of the mutator; None if it has no choice."""
  spaces = _SPACES.get(_MUTATOR.value, ())
  if _SPACE.value and _SPACE.value not in spaces:
    owners = [
      mutator for mutator in _SPACES if _SPACE.value in _SPACES[mutator]
    ]
    raise UserError(
      f"--space={_SPACE.value} needs --mutator={' or '.join(owners)}"
    )
  return _SPACE.value or next(iter(spaces), None)


def _stream(label: str) -> str:
  """The name before the version and the numbers of a suite's label."""
  return label.partition("/")[0].partition("@")[0]


def _known() -> Any:
  """The scores of --benchmark; None without."""
  if not _BENCHMARK.value:
    if _space() == "large":
      raise UserError(
        "--space=large needs --benchmark, scores that make its shortlist; e.g. "
        "--benchmark=runs/act-bench/act-bench.csv.gz"
      )
    return None
  if _MUTATOR.value != "surrogate":
    raise UserError("--benchmark needs --mutator=surrogate")
  from evolve.surrogate import actbench
  from evolve.surrogate.shortlist import Known

  if not _FITNESS.value and _stream(_BENCHMARK_TASK.value) == _stream(
    _SUITE.value
  ):
    raise UserError(
      f"--benchmark_task={_BENCHMARK_TASK.value} has scores on the suite of "
      "the search, which would not count them; take spirals or digits"
    )
  bench = actbench.read(Path(_BENCHMARK.value))
  return Known.of(bench, _BENCHMARK_TASK.value)


def _surrogate() -> Any:
  """The predictor of values; None without."""
  known = _known()
  if _MUTATOR.value != "surrogate":
    return None
  from evolve.proposers.surrogate.space import Surrogate
  from evolve.surrogate.fisher import Network
  from tasks.lab import probing

  network = Network(*probing.mlp())
  return Surrogate(_PREDICTOR.value, network, str(_space()), known)


def main() -> None:
  begun = entry.resume(
    may_change=_MAY_CHANGE,
    may_grow=("evaluations", "budget"),
    paths=("fitness", "replay", "llm_prices", "benchmark"),
    modules=("task_module",),
  )
  # Imported here: --help must not wait for JAX.
  from evolve import candidates
  from evolve.admission.admission import Admission
  from evolve.cost import Budget
  from evolve.runs import finalists
  from evolve.runs.search import RunConfig, run
  from evolve.runs.strategy import BLOCKS, Strategy
  from evolve.search.config import SearchConfig
  from evolve.search.racing import Races
  from tasks import selection
  from tasks.lab import fitness
  from tasks.lab.suites import Suite

  suite = Suite.of(_SUITE.value, _NUM_TASKS.value, _DRAW.value)
  if not suite.may_be_optimised:
    raise UserError(
      f"--suite={_SUITE.value}: its tasks report and never choose; a search "
      "optimises lab"
    )
  lab = fitness.LabFitness(
    suite,
    tuple(_TASKS.value),
    tuple(_TASK_MODULE.value),
    batch_size=_CANDIDATES_PER_BATCH.value,
  )
  if _CANDIDATES_PER_BATCH.value > _LAG.value:
    raise UserError("--candidates_per_batch is over --lag; raise --lag")
  chosen = selection.select(_FITNESS.value, lab)
  full = selection.fidelity(chosen, _STEPS.value, _NUM_SEEDS.value)
  author = _author()
  if _TUNING_SHARE.value and _MUTATOR.value != "expression":
    raise UserError("--tuning_share needs --mutator=expression")
  may_be_filtered = _MUTATOR.value in _FILTERED and not _TUNING_SHARE.value
  if _TRAINED_SHARE.value < 1 and not may_be_filtered:
    raise UserError(
      f"--trained_share needs --mutator={', '.join(_FILTERED)}, and no "
      "--tuning_share: an evolution strategy needs the values of all"
    )
  space = _space()
  if _TUNING_SHARE.value and space != BLOCKS:
    raise UserError("--tuning_share needs --space=blocks")
  surrogate = _surrogate()
  share = Share(_PARAMETERS.value)
  named = candidates.generation_zero(_INIT.value, begun, share)
  references = {}
  if _REFERENCES.value:
    references = candidates.by_name(_REFERENCES.value, begun, share)
  races = Races(_FURTHER_DRAWS.value)
  if _BUDGET.value and _BUDGET.value <= races.cost_of(len(named)):
    raise UserError(
      f"--budget={_BUDGET.value:g} leaves nothing after generation zero, whose "
      f"{len(named)} candidates take {races.cost_of(len(named))}; raise it, or "
      "name fewer with --init"
    )
  workdir = entry.open_workdir(
    _WORKDIR.value,
    resume=_RESUME.value,
    sources=candidates.sources([*named, *references.items()]),
  )
  if workdir.resumed:
    user_module.check_unchanged(workdir.settings()["suite"], chosen.suite)
  search = SearchConfig(
    seed=_SEED.value,
    evaluations=_EVALUATIONS.value or (None if _BUDGET.value else 300),
    budget=_BUDGET.value,
    races=races,
    full=full,
    screen=fitness.screen_for(full),
    admission=Admission(
      Budget.of(_MAX_FLOPS.value, _MAX_MEMORY.value), _POINTWISE_ONLY.value
    ),
    trained_share=_TRAINED_SHARE.value,
    screen_quantile=_SCREEN_QUANTILE.value,
    lag=_LAG.value,
    exact=_EXACT.value or chosen is not lab,  # Tables are the lab's.
    candidates_per_batch=_CANDIDATES_PER_BATCH.value,
    parameters=share,
  )
  config = RunConfig(
    search,
    Strategy(
      _MUTATOR.value,
      BLOCKS if surrogate or not space else space,
      author,
      _TUNING_SHARE.value,
      _TUNING_EVALUATIONS.value,
      surrogate,
    ),
    tuple(program for _, program in named),
    _WORKERS.value,
    _TOP.value,
    references,
    _FRESH_SEEDS.value,
    _RAY.value,
  )
  num_draws = races.num_draws
  further = [selection.later_draw(chosen, i + 1) for i in range(num_draws)]
  finals = {finalists.AGAIN: chosen}
  if isinstance(chosen, fitness.LabFitness):
    last = selection.later_draw(chosen, num_draws + 1)
    if last is not chosen:
      finals[finalists.FURTHER] = last
    finals[finalists.FRESH], finals[finalists.HELDOUT] = selection.unseen(lab)
  run(config, chosen, further, finals, workdir)


def cli() -> None:
  """The console script."""
  entry.run(main, __doc__)


if __name__ == "__main__":
  cli()
