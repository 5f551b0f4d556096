"""The fork server, from the parent's end."""

import contextlib
import os
import pickle
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from evolve.workers import wire
from evolve.workers.confinement.limits import Limits
from harness.core.errors import UserError
from harness.core.fitness import Fidelity, Fitness

# The environment that a worker keeps: nothing that could be a secret.
_KEPT = ("PATH", "LANG", "LC_ALL", "JAX_PLATFORMS", "LD_LIBRARY_PATH",
         "CUDA_VISIBLE_DEVICES", "XLA_FLAGS")  # fmt: skip
_START_SECONDS = 120.0


class Setup(NamedTuple):
  """Fitnesses, and how to run them, as the server gets them at its start.

  Attributes:
    fitnesses: by the name that jobs use.
    prepare: draws made before any fork: (fitness, seed, fidelity).
    limits: of every child.
  """

  fitnesses: Mapping[str, Fitness]
  prepare: tuple[tuple[str, int, Fidelity], ...]
  limits: Limits


class ForkServer:
  """A process that forks one child per job (see `server_process`).

  Attributes:
    control: the socket on which jobs go out and news of children come in.
  """

  def __init__(self, setup: Setup):
    """Starts it, and waits until it can fork.

    Raises:
      UserError: it does not start.
    """
    self._directory = Path(tempfile.mkdtemp(prefix="actmine-"))
    self._log = self._directory / "server.log"
    self._reader = wire.Reader()
    self.control, theirs = socket.socketpair(
      socket.AF_UNIX, socket.SOCK_SEQPACKET
    )
    self._process = self._start(setup, theirs)
    theirs.close()
    try:
      self._await_start()
    except BaseException:
      self.close()
      raise

  def fork(self, job: bytes, answers: int) -> None:
    """Has a child do a job and write its answers to a descriptor.

    Args:
      job: in JSON, with its "number".
      answers: the descriptor.
    """
    with contextlib.suppress(BrokenPipeError):  # `news` says that it died.
      socket.send_fds(self.control, [job], [answers])

  def fork_trainer(self) -> socket.socket:
    """Has a child train tables; the socket on which it gets its jobs."""
    ours, theirs = socket.socketpair()
    self.fork(b'{"number": null}', theirs.fileno())
    theirs.close()
    return ours

  def news(self) -> list[dict[str, Any]]:
    """Jobs whose process began or ended; blocks if there are none.

    Raises:
      UserError: the server died.
    """
    data = b""
    with contextlib.suppress(ConnectionResetError):
      data = self.control.recv(65536)
    if not data:
      raise UserError(
        f"the fork server died: {self._last_words()}; what was committed is "
        "kept, go on with --resume"
      )
    news = [message.body for message in self._reader.feed(data)]
    return [body for body in news if body["number"] is not None]

  def close(self) -> None:
    """Ends the server, and with it whatever children it still has."""
    self.control.close()
    self._process.kill()
    self._process.wait()
    shutil.rmtree(self._directory, ignore_errors=True)

  def _start(
    self, setup: Setup, control: socket.socket
  ) -> subprocess.Popen[bytes]:
    setup_file = self._directory / "setup"
    setup_file.write_bytes(pickle.dumps(setup))
    with self._log.open("wb") as log:
      return subprocess.Popen(
        [
          sys.executable,
          "-m",
          "evolve.workers.server_process",
          str(os.getpid()),
          str(setup_file),
        ],
        stdin=control.fileno(),
        stdout=log,
        stderr=log,
        env=self._environment(),
        cwd=self._directory,
        start_new_session=True,
      )

  def _environment(self) -> dict[str, str]:
    source = str(Path(__file__).resolve().parents[2])
    return {k: os.environ[k] for k in _KEPT if k in os.environ} | {
      # XLA's last bits depend on its thread count, so every worker has one.
      "NPROC": "1",
      "OMP_NUM_THREADS": "1",
      "PYTHONHASHSEED": "0",
      "PYTHONPATH": os.pathsep.join([source, *filter(None, sys.path)]),
      "TMPDIR": str(self._directory),
      "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
      "TF_CPP_MIN_LOG_LEVEL": "2",
    }

  def _await_start(self) -> None:
    self.control.settimeout(_START_SECONDS)
    first = b""
    with contextlib.suppress(OSError):
      first = self.control.recv(4096)
    self.control.settimeout(None)
    if not self._reader.feed(first):
      raise UserError(f"the workers do not start: {self._last_words()}")

  def _last_words(self) -> str:
    text = self._log.read_text().strip()
    return text.splitlines()[-1] if text else "no reason given"
