"""The fork server, in its own process: imports JAX once, then forks.

A child does one job, or trains tables until the parent hangs up. The server
never touches a JAX device, because a process forked after that hangs; each
child starts its own backend, which takes a tenth of a second.

Its arguments are the parent's process id and a pickled Setup (the only pickle,
and only in this direction). Its standard input is a socket of packets: a job in
JSON with the pipe for its answers attached. Back come, in JSON, first
{"ready": true}, then for each child {"number", "process"} and
{"number", "exit"}; the number of a trainer is null.
"""

import contextlib
import gc
import importlib
import json
import os
import pickle
import selectors
import shutil
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any, NoReturn

from jax._src import xla_bridge

from evolve import candidates, language
from evolve.admission import probe
from evolve.workers import jobs, table_trainer, wire
from evolve.workers.compilations import Compilations
from evolve.workers.confinement import integrity, limits
from evolve.workers.jobs import Worker
from evolve.workers.server import Setup
from harness.core.errors import UserError

# Modules that JAX would otherwise import in every child.
_WARM = (
  "haiku",
  "jax.numpy",
  "jax.scipy.special",
  "jax.experimental.pallas",
  "jax._src.interpreters.mlir",
  "jaxlib.mlir.dialects.mhlo",
)

# Between them they use most of what JAX traces slowly the first time.
_TRACED = ("gelusine", "elu", "mish")


def main() -> None:
  setup_file = Path(sys.argv[2])

  def end(*_: object) -> NoReturn:
    # A parent that was killed cannot do it.
    shutil.rmtree(setup_file.parent, ignore_errors=True)
    os._exit(0)

  signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's.
  # The parent's end comes as a signal and as a closed socket, in any order.
  signal.signal(signal.SIGTERM, end)
  limits.die_with_parent(int(sys.argv[1]), signal.SIGTERM)
  try:
    _run(pickle.loads(setup_file.read_bytes()))
  except UserError as error:
    sys.exit(str(error))  # To the log, whose last line the parent shows.
  end()


def _run(setup: Setup) -> None:
  control = socket.socket(fileno=os.dup(0))
  for module in _WARM:
    with contextlib.suppress(ImportError):
      importlib.import_module(module)
  for program in candidates.by_name(_TRACED).values():
    probe.trace(language.load(program.source))
  for name, seed, fidelity in setup.prepare:
    setup.fitnesses[name].prepare(seed, fidelity)
    _check_no_backend(setup.fitnesses[name].suite)
  gc.collect()
  gc.freeze()
  wire.send(control.fileno(), {"ready": True})
  _serve(control, setup)


def _check_no_backend(suite: str) -> None:
  """Raises a UserError if JAX has computed, after which no fork works."""
  if xla_bridge.backends_are_initialized():
    raise UserError(
      f"a task of {suite} computes with JAX when it is imported or drawn; use "
      "NumPy there, as workers are forked before JAX starts"
    )


def _serve(control: socket.socket, setup: Setup) -> None:
  """Forks as asked and tells of every end, until the parent hangs up."""
  wakeup, alarm = os.pipe()
  for descriptor in (wakeup, alarm):
    os.set_blocking(descriptor, False)
  signal.signal(signal.SIGCHLD, lambda *_: None)
  signal.set_wakeup_fd(alarm)
  selector = selectors.DefaultSelector()
  selector.register(control, selectors.EVENT_READ)
  selector.register(wakeup, selectors.EVENT_READ)
  # Number of the job and directory, by process.
  running: dict[int, tuple[int | None, str]] = {}
  while True:
    for key, _ in selector.select():
      if key.fileobj is control:
        message, pipes, _, _ = socket.recv_fds(control, jobs.MAX_JOB, 1)
        if not message:
          return
        job = json.loads(message)
        directory = tempfile.mkdtemp(prefix="candidate-")
        number = job["number"]
        process = _fork(setup, job, directory, pipes[0])
        os.close(pipes[0])
        running[process] = number, directory
        wire.send(control.fileno(), {"number": number, "process": process})
      else:
        os.read(wakeup, 4096)
    for process, status in _ended():
      number, directory = running.pop(process)
      shutil.rmtree(directory, ignore_errors=True)
      wire.send(control.fileno(), {"number": number, "exit": status})


def _ended() -> list[tuple[int, int]]:
  """Children that ended: process and exit status, negative for a signal."""
  ended = []
  with contextlib.suppress(ChildProcessError):
    while (found := os.waitpid(-1, os.WNOHANG))[0]:
      ended.append((found[0], os.waitstatus_to_exitcode(found[1])))
  return ended


def _fork(
  setup: Setup, job: dict[str, Any], directory: str, answers: int
) -> int:
  server = os.getpid()
  child = os.fork()
  if child:
    return child
  status = 1
  try:
    signal.set_wakeup_fd(-1)
    for signum in (signal.SIGCHLD, signal.SIGTERM):
      signal.signal(signum, signal.SIG_DFL)
    os.setsid()
    limits.die_with_parent(server)
    answers = _private_surroundings(directory, answers)
    if job["number"] is None:
      table_trainer.serve(setup.fitnesses, answers)
    else:
      _do(job, setup, answers)
    status = 0
  finally:
    os._exit(status)  # No exit handler of the server's runs here.


def _do(job: dict[str, Any], setup: Setup, answers: int) -> None:
  """Does one job under limits, and sends its answer."""
  decoded = jobs.decode(wire.Message(job))
  try:
    applied = limits.apply(setup.limits, max(1, len(decoded.stages)))
  except (OSError, ValueError) as error:
    wire.send(answers, *jobs.crashed(f"can't be confined: {error}"))
    return
  worker = Worker(
    setup.fitnesses,
    applied,
    lambda stage: wire.send(answers, {"stage": stage}),
  )
  compilations = Compilations()
  before = integrity.snapshot()
  answer = jobs.done(decoded, worker)
  if changed := integrity.rebound(before):
    answer = jobs.crashed(f"rebinds {', '.join(changed[:3])}")
  body = answer.body | {"compilations": compilations.count}
  wire.send(answers, body, answer.blob)


def _private_surroundings(directory: str, answers: int) -> int:
  """An empty directory, no input or output, no descriptor but the pipe's."""
  os.chdir(directory)
  null = os.open(os.devnull, os.O_RDWR)
  for standard in (0, 1, 2):
    os.dup2(null, standard)
  pipe = os.dup2(answers, 3) if answers != 3 else 3
  os.closerange(4, 65536)
  return pipe


if __name__ == "__main__":
  main()
