"""The confinement of candidates, and the pool that runs them."""

import dataclasses
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from evolve.admission.probe import Admission
from evolve.program import Program
from evolve.workers.cascade import Cascade
from evolve.workers.confinement.limits import Limits
from evolve.workers.evaluation import evaluate_job, probe_job, report_of
from evolve.workers.jobs import MAX_JOB
from evolve.workers.pool import Answer, WorkerPool
from harness.core.errors import UserError
from harness.core.fitness import Fidelity, Report, Status
from tests import ROOT
from tests.evolve import processes
from tests.evolve.fitnesses import RandomFeatures
from tests.evolve.workers.unconfined import CASES

# Stages last long, so that a busy machine changes nothing; candidates that are
# to hang run as probes.
LIMITS = Limits(
  cpu_seconds=60, probe_seconds=3, screen_seconds=120, full_seconds=120
)
CASCADE = Cascade("small", seed=3, full=Fidelity(16, 2))
SERVER = "evolve.workers.server_process"
SIBLINGS = [
  Program(f"def activation(x):\n  return {body}\n")
  for body in ("jnp.maximum(x, 0)", "jnp.tanh(x)", "x * jax.nn.sigmoid(x)")
]


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
  with WorkerPool({"small": RandomFeatures()}, 2, limits=LIMITS) as workers:
    yield workers


def _answers(pool: WorkerPool) -> dict[int, Answer]:
  """All that is open, by job."""
  found: dict[int, Answer] = {}
  while pool.num_open:
    found |= {answer.job: answer for answer in pool.wait()}
  return found


def _unconfined(source: str, kind: str = "evaluate") -> dict[str, object]:
  program = Program(source)
  job = probe_job(program, Admission()) | evaluate_job(program, CASCADE)
  return job | {"kind": kind, "unconfined_language": True}


def _says(pool: WorkerPool, expression: str) -> str:
  """The value of an expression, taken inside a worker."""
  source = f"import os, sys\nraise ValueError({expression})"
  return pool.call(_unconfined(source, "probe")).feedback


def _timeless(report: Report) -> Report:
  return dataclasses.replace(report, seconds=0.0)


def _reports(pool: WorkerPool, programs: list[Program]) -> list[Report]:
  jobs = [pool.submit(evaluate_job(program, CASCADE)) for program in programs]
  answers = _answers(pool)
  return [_timeless(report_of(answers[job])) for job in jobs]


@pytest.fixture(scope="module")
def alone(pool: WorkerPool) -> list[Report]:
  """What the siblings get with nothing hostile beside them."""
  return _reports(pool, SIBLINGS)


@dataclasses.dataclass(frozen=True)
class _Together:
  answers: dict[str, Answer]
  siblings: list[Report]


@pytest.fixture(scope="module")
def together(pool: WorkerPool, alone: list[Report]) -> _Together:
  """All hostile cases side by side with siblings, through one pool."""
  jobs, siblings = {}, []
  for index, (name, case) in enumerate(CASES.items()):
    jobs[name] = pool.submit(_unconfined(case.source, case.kind))
    sibling = SIBLINGS[index % len(SIBLINGS)]
    siblings.append(pool.submit(evaluate_job(sibling, CASCADE)))
  answers = _answers(pool)
  return _Together(
    {name: answers[job] for name, job in jobs.items()},
    [_timeless(report_of(answers[job])) for job in siblings],
  )


@pytest.mark.parametrize("name", CASES)
def test_hostile_code_ends_as_a_status(together: _Together, name: str) -> None:
  case, answer = CASES[name], together.answers[name]
  assert answer.status is case.status, answer.feedback
  assert re.search(case.feedback, answer.feedback), answer.feedback


def test_siblings_never_notice(
  together: _Together, alone: list[Report]
) -> None:
  assert all(report.status is Status.OK for report in alone)
  expected = [alone[i % len(alone)] for i in range(len(CASES))]
  assert together.siblings == expected


def test_harmless_code_scores_as_without_it(
  together: _Together, alone: list[Report]
) -> None:
  relu = alone[0]
  for name, case in CASES.items():
    if case.status is Status.OK:
      assert _timeless(report_of(together.answers[name])) == relu, name


def test_no_process_is_left(pool: WorkerPool, together: _Together) -> None:
  assert together.answers and not pool.num_open
  (server,) = processes.descendants(os.getpid())
  assert SERVER in Path(f"/proc/{server}/cmdline").read_text()


def test_a_worker_has_private_surroundings(pool: WorkerPool) -> None:
  assert _says(pool, "os.listdir('.')") == "ValueError: []"
  first, second = (_says(pool, "os.getcwd()") for _ in range(2))
  assert first != second
  assert not Path(first.removeprefix("ValueError: ")).exists()
  # Nothing, three times, the pipe, and the listing itself.
  links = "sorted(map(int, os.listdir('/proc/self/fd')))"
  assert _says(pool, links) == "ValueError: [0, 1, 2, 3, 4]"
  targets = "{os.path.realpath(f'/proc/self/fd/{i}') for i in range(3)}"
  assert _says(pool, targets) == "ValueError: {'/dev/null'}"
  own = "os.getpid() == os.getpgrp() == os.getsid(0) != os.getppid()"
  assert _says(pool, own) == "ValueError: True"


def test_the_limits_hold_and_are_told(pool: WorkerPool) -> None:
  applied = pool.describe()["applied"]
  assert applied["RLIMIT_AS"] == str(LIMITS.memory_bytes)
  assert applied["RLIMIT_CPU"] == "60"
  assert applied["RLIMIT_NOFILE"] == "64"
  assert applied["RLIMIT_FSIZE"] == applied["RLIMIT_CORE"] == "0"
  assert applied["seccomp"] == applied["landlock"] == "applied"
  status = _says(
    pool,
    "[l for l in open('/proc/self/status').read().split('\\n')"
    " if l.startswith(('CapEff', 'NoNewPrivs', 'Seccomp:'))]",
  )
  assert "CapEff:\\t0000000000000000" in status
  assert "NoNewPrivs:\\t1" in status and "Seccomp:\\t2" in status


def test_secrets_stay_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
  """In the environment of the parent, and of any process of the user."""
  monkeypatch.setenv("API_KEY", "sesame")
  search = """
import os
found = [k for k, v in os.environ.items() if "sesame" in v]
for process in filter(str.isdigit, os.listdir("/proc")):
  try:
    with open(f"/proc/{process}/environ", "rb") as file:
      if b"sesame" in file.read():
        found.append(process)
  except OSError:
    pass
raise ValueError(f"found {found}")
"""
  with (
    subprocess.Popen(["sleep", "1000"]) as bystander,
    WorkerPool({}, 1) as pool,
  ):
    environ = Path(f"/proc/{bystander.pid}/environ")
    assert b"sesame" in environ.read_bytes()
    answer = pool.call(_unconfined(search, "probe"))
    bystander.kill()
  assert answer.feedback == "ValueError: found []"


def test_processor_time_is_limited() -> None:
  limits = Limits(cpu_seconds=1, probe_seconds=120)
  with WorkerPool({}, 1, limits=limits) as pool:
    answer = pool.call(_unconfined("while True:\n  pass", "probe"))
  assert answer.status is Status.TIMEOUT
  assert answer.feedback == "used more processor time than allowed"


def test_a_stage_has_its_own_time() -> None:
  limits = Limits(probe_seconds=120, screen_seconds=120, full_seconds=1)
  slow = "import time\ndef activation(x):\n  time.sleep(1000)\n"
  with WorkerPool({"small": RandomFeatures()}, 1, limits=limits) as pool:
    answer = pool.call(_unconfined(slow))
  assert answer.status is Status.TIMEOUT
  assert answer.feedback == "took longer than 1 s at stage 'full'"


def test_no_limit_is_too_short_to_be_kept() -> None:
  """The time may be over before the process is known."""
  limits = Limits(probe_seconds=0.0)
  with WorkerPool({}, 1, limits=limits) as pool:
    answer = pool.call(_unconfined("while True:\n  pass", "probe"))
    assert answer.status is Status.TIMEOUT


def test_a_forged_answer_is_only_stopped_by_the_language(
  pool: WorkerPool,
) -> None:
  """A known limit: behind the language, a candidate answers for itself.

  It runs in the process that trains with it, so Python that is not checked can
  write any score. The language admits no way to a descriptor.
  """
  source = """
import json, os
report = {"status": "OK", "feedback": "", "scores_by_seed": {"sine": [1.0]},
          "id_scores": {}, "id_loss": {}, "ood_loss": {}}
body = json.dumps({"status": "OK", "report": report}).encode()
os.write(3, len(body).to_bytes(8, "little") + body)
os._exit(0)
"""
  assert report_of(pool.call(_unconfined(source))).value == 1.0
  confined = pool.call(evaluate_job(Program(source), CASCADE))
  assert confined.status is Status.INVALID


def test_the_largest_program_fits_and_a_larger_one_is_refused(
  pool: WorkerPool,
) -> None:
  comment = "#" * (MAX_JOB - 200)
  relu = SIBLINGS[0].source
  assert pool.call(probe_job(Program(relu + comment), Admission())).status in (
    Status.OK,
    Status.INVALID,  # The language has a bound of its own.
  )
  answer = pool.call(probe_job(Program(relu + comment * 2), Admission()))
  assert answer.status is Status.INVALID
  assert "is too long" in answer.feedback


def test_urgent_jobs_go_first(pool: WorkerPool) -> None:
  wait = "import time\ntime.sleep(0.3)"
  for _ in range(2):
    pool.submit(_unconfined(wait, "probe"))
  late = pool.submit(_unconfined("raise ValueError", "probe"))
  early = pool.submit(_unconfined("raise ValueError", "probe"), urgent=True)
  order = list(_answers(pool))
  assert order.index(early) < order.index(late)


_HOLDER = """
from tests.evolve.workers.test_pool import WorkerPool, _unconfined
with WorkerPool({}, 2) as pool:
  for _ in range(2):
    pool.submit(_unconfined("while True: pass", "probe"))
  print("begun", flush=True)
  while True:
    pool.wait()
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_workers_die_with_their_parent(number: int, tmp_path: Path) -> None:
  command = [sys.executable, "-c", _HOLDER]
  root = str(ROOT)
  environment = os.environ | {"TMPDIR": str(tmp_path)}
  with subprocess.Popen(
    command, stdout=subprocess.PIPE, cwd=root, env=environment
  ) as parent:
    assert parent.stdout and parent.stdout.readline() == b"begun\n"
    processes.wait_for_children(parent.pid, 3)  # The server and two workers.
    left = processes.descendants(parent.pid)
    parent.send_signal(number)
    parent.wait()
    assert processes.all_end(left)
    assert not list(tmp_path.glob("actmine-*"))


def test_the_end_of_the_server_is_one_clear_line() -> None:
  before = processes.descendants(os.getpid())
  with WorkerPool({}, 2) as pool:
    pool.submit(_unconfined("while True: pass", "probe"))
    (server,) = [
      p
      for p in processes.descendants(os.getpid()) - before
      if SERVER in Path(f"/proc/{p}/cmdline").read_text()
      and Path(f"/proc/{p}/stat").read_text().split()[3] == str(os.getpid())
    ]
    processes.wait_for_children(server, 1)
    left = processes.descendants(server)
    os.kill(server, signal.SIGKILL)
    with pytest.raises(UserError, match=r"fork server died: .*--resume"):
      while True:
        pool.wait()
    assert processes.all_end(left)


def test_a_pool_that_closes_leaves_nothing(tmp_path: Path) -> None:
  before = processes.descendants(os.getpid())
  with WorkerPool({}, 2) as pool:
    for _ in range(4):
      pool.submit(_unconfined("while True: pass", "probe"))
    pool.wait(0.1)
    left = processes.descendants(os.getpid()) - before
  assert left and processes.all_end(left)


def test_workers_that_cannot_start_say_why() -> None:
  before = processes.descendants(os.getpid())
  with pytest.raises(UserError, match="the workers do not start: KeyError"):
    WorkerPool({}, 1, prepare=[("absent", 0, Fidelity(1, 1))])
  assert processes.all_end(processes.descendants(os.getpid()) - before)
