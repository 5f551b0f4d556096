"""Given programs, evaluated side by side."""

from evolve.admission.admission import Admission
from evolve.program import Program
from evolve.runs.evaluate import evaluate_all
from evolve.workers.cascade import Cascade
from evolve.workers.pool import WorkerPool
from harness.core.fitness import Fidelity, Status

TANH = Program("def activation(x):\n  return jnp.tanh(x)\n")
NAN = Program("def activation(x):\n  return x * jnp.nan\n")
BROKEN = Program("def activation(x)\n")
INTEGERS = Program("def activation(x):\n  return x.astype(jnp.int32)\n")


def test_every_program_gets_its_own_report(pool: WorkerPool) -> None:
  cascade = Cascade.single("small", 0, Fidelity(24, 2))
  programs = [TANH, BROKEN, NAN, INTEGERS, TANH]
  found = evaluate_all(pool, programs, cascade, Admission())
  ended = {index: (probe, report) for index, probe, (report,) in found}
  assert [ended[i][1].status for i in range(5)] == [
    Status.OK,
    Status.INVALID,
    Status.DIVERGED,
    Status.INVALID,
    Status.OK,
  ]
  assert [ended[i][0] is not None for i in range(5)] == [
    True, False, True, False, True,
  ]  # fmt: skip
  assert ended[0][1].scores_by_seed == ended[4][1].scores_by_seed
  assert ended[2][1].value is None
