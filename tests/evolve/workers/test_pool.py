"""The confinement of candidates, and the pool that runs them."""

import dataclasses
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from evolve.admission.admission import Admission
from evolve.program import Program
from evolve.workers.cascade import Cascade
from evolve.workers.confinement.limits import Limits
from evolve.workers.jobs import MAX_JOB, EvaluateJob, Job, ProbeJob
from evolve.workers.pool import WorkerPool
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
CASCADE = Cascade.single("small", 3, Fidelity(16, 2))
LOOP = "while True:\n  pass"
SERVER = "evolve.workers.server_process"
SIBLINGS = [
  Program(f"def activation(x):\n  return {body}\n")
  for body in ("jnp.maximum(x, 0)", "jnp.tanh(x)", "x * jax.nn.sigmoid(x)")
]


@pytest.fixture(scope="module")
def single() -> Iterator[WorkerPool]:
  """One worker, which has little time but for probes that do little."""
  limits = Limits(
    cpu_seconds=1, probe_seconds=120, screen_seconds=120, full_seconds=1
  )
  with WorkerPool({"small": RandomFeatures()}, 1, limits=limits) as worker:
    yield worker


@pytest.fixture(scope="module")
def others(single: WorkerPool) -> set[int]:
  """Processes of the pools of other tests."""
  return processes.descendants(os.getpid())


@pytest.fixture(scope="module")
def pool(others: set[int]) -> Iterator[WorkerPool]:
  with WorkerPool({"small": RandomFeatures()}, 2, limits=LIMITS) as workers:
    yield workers


def _probe(source: str) -> ProbeJob:
  """A probe that no language check protects from."""
  return ProbeJob(Program(source), Admission(), is_checked=False)


def _evaluate(source: str) -> EvaluateJob:
  """An evaluation that no language check protects from."""
  return EvaluateJob(Program(source), CASCADE, is_checked=False)


def _says(pool: WorkerPool, expression: str) -> str:
  """The value of an expression, taken inside a worker."""
  source = f"import os, sys\nraise ValueError({expression})"
  report = pool.call(_probe(source))
  assert isinstance(report, Report)
  return report.feedback


def _alone(future: Future[Any]) -> Report:
  """The one report of an evaluation, without its time."""
  (report,) = future.result()
  return dataclasses.replace(report, seconds=0.0)


def _result(future: Future[Any]) -> Report:
  """The report of a probe that failed, or of an evaluation."""
  result = future.result()
  return result if isinstance(result, Report) else _alone(future)


def _reports(pool: WorkerPool, programs: list[Program]) -> list[Report]:
  futures = [pool.submit(EvaluateJob(p, CASCADE)) for p in programs]
  _finish(pool)
  return [_alone(future) for future in futures]


def _finish(pool: WorkerPool) -> list[Future[Any]]:
  """Runs all open jobs to their end; their futures in the order of ending."""
  ended = []
  while pool.num_open:
    ended += pool.wait()
  return ended


@pytest.fixture(scope="module")
def alone(pool: WorkerPool) -> list[Report]:
  """Reports of the siblings with nothing hostile beside them."""
  return _reports(pool, SIBLINGS)


@dataclasses.dataclass(frozen=True)
class _Together:
  hostile: dict[str, Report]
  siblings: list[Report]


@pytest.fixture(
  scope="module",
  params=[0, *(pytest.param(k, marks=pytest.mark.slow) for k in (1, 2))],
)
def together(
  request: pytest.FixtureRequest, pool: WorkerPool, alone: list[Report]
) -> _Together:
  """A third of the hostile cases beside siblings, through one pool."""
  hostile: dict[str, Future[Any]] = {}
  siblings = []
  for index, name in enumerate(list(CASES)[request.param :: 3]):
    case = CASES[name]
    job: Job[Any] = (_probe if case.is_probe else _evaluate)(case.source)
    hostile[name] = pool.submit(job)
    sibling = SIBLINGS[index % len(SIBLINGS)]
    siblings.append(pool.submit(EvaluateJob(sibling, CASCADE)))
  _finish(pool)
  return _Together(
    {name: _result(future) for name, future in hostile.items()},
    [_alone(future) for future in siblings],
  )


def test_hostile_code_ends_as_a_status(together: _Together) -> None:
  assert len(together.hostile) >= len(CASES) // 3
  for name, report in together.hostile.items():
    case = CASES[name]
    assert report.status is case.status, (name, report.feedback)
    assert re.search(case.feedback, report.feedback), (name, report.feedback)


def test_siblings_never_notice(
  together: _Together, alone: list[Report]
) -> None:
  assert all(report.status is Status.OK for report in alone)
  count = len(together.siblings)
  expected = [alone[i % len(alone)] for i in range(count)]
  assert together.siblings == expected


def test_harmless_code_scores_as_without_it(
  together: _Together, alone: list[Report]
) -> None:
  relu = alone[0]
  for name, report in together.hostile.items():
    if CASES[name].status is Status.OK:
      assert report == relu, name


def test_no_process_is_left(
  pool: WorkerPool, together: _Together, others: set[int]
) -> None:
  assert together.hostile and not pool.num_open
  (server,) = processes.descendants(os.getpid()) - others
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
  applied = pool.describe().applied
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
    report = pool.call(_probe(search))
    bystander.kill()
  assert isinstance(report, Report)
  assert report.feedback == "ValueError: found []"


def test_processor_time_is_limited(single: WorkerPool) -> None:
  report = single.call(_probe(LOOP))
  assert isinstance(report, Report)
  assert report.status is Status.TIMEOUT
  assert report.feedback == "used more processor time than allowed"


def test_a_stage_has_its_own_time(single: WorkerPool) -> None:
  slow = "import time\ndef activation(x):\n  time.sleep(1000)\n"
  (report,) = single.call(_evaluate(slow))
  assert report.status is Status.TIMEOUT
  assert report.feedback == "took longer than 1 s at stage 'full'"


def test_no_limit_is_too_short_to_be_kept() -> None:
  """The time may be over before the process is known."""
  limits = Limits(probe_seconds=0.0)
  with WorkerPool({}, 1, limits=limits) as pool:
    report = pool.call(_probe(LOOP))
  assert isinstance(report, Report)
  assert report.status is Status.TIMEOUT


def test_the_language_admits_no_forged_report(pool: WorkerPool) -> None:
  """A program that writes a perfect report to the pipe never runs.

  Behind the language nothing would stop it: a candidate runs in the process
  that trains with it (BUILD_NOTES.md, "Workers").
  """
  forged = """
import json, os
report = {"status": "OK", "feedback": "", "scores_by_seed": {"sine": [1.0]},
          "id_scores": {}, "id_loss": {}, "ood_loss": {}}
body = json.dumps({"status": "OK", "reports": [report]}).encode()
os.write(3, len(body).to_bytes(8, "little") + body)
os._exit(0)
"""
  (report,) = pool.call(EvaluateJob(Program(forged), CASCADE))
  assert (report.status, report.value) == (Status.INVALID, None)


def test_a_program_too_long_for_a_packet_is_refused(pool: WorkerPool) -> None:
  relu = SIBLINGS[0].source
  for length, reason in (
    (MAX_JOB - 500, r"\d+ characters"),  # Sent, and refused by the language.
    (MAX_JOB, "is too long"),
  ):
    program = Program(relu + "#" * length)
    report = pool.call(ProbeJob(program, Admission()))
    assert isinstance(report, Report)
    assert report.status is Status.INVALID
    assert re.search(reason, report.feedback), report.feedback


def test_urgent_jobs_go_first(single: WorkerPool) -> None:
  single.submit(_probe("raise ValueError"))
  late = single.submit(_probe("raise ValueError"))
  early = single.submit(_probe("raise ValueError"), urgent=True)
  ended = _finish(single)
  assert ended.index(early) < ended.index(late)


def test_what_has_not_begun_can_be_dropped(single: WorkerPool) -> None:
  at_work, *queued = [
    single.submit(_probe("raise ValueError")) for _ in range(4)
  ]
  single.drop_queued()
  assert all(future.cancelled() for future in queued)
  assert _finish(single) == [at_work]


_HOLDER = """
from tests.evolve.workers.test_pool import LOOP, WorkerPool, _probe
with WorkerPool({}, 2) as pool:
  for _ in range(2):
    pool.submit(_probe(LOOP))
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
    pool.submit(_probe(LOOP))
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
      pool.submit(_probe(LOOP))
    pool.wait(0.1)
    left = processes.descendants(os.getpid()) - before
  assert left and processes.all_end(left)


def test_workers_that_cannot_start_say_why() -> None:
  before = processes.descendants(os.getpid())
  with pytest.raises(UserError, match="the workers do not start: KeyError"):
    WorkerPool({}, 1, prepare=[("absent", 0, Fidelity(1, 1))])
  assert processes.all_end(processes.descendants(os.getpid()) - before)
