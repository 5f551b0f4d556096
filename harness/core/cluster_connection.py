"""The connection to a cluster of Ray, and what its addresses can have wrong."""

import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import warnings
from collections.abc import Iterator
from typing import Any

from harness.core.errors import UserError

LOCAL, AUTO = "local", "auto"
_CONNECT_SECONDS = 5.0
_HEALTH_SECONDS = 30.0
# Bytes; candidates and records are small.
_OBJECT_STORE = 100 << 20


def open_to(address: str) -> Any:
  """Connects to a cluster; the module ray, which holds the connection.

  Args:
    address: LOCAL, AUTO, or HOST:PORT.

  Raises:
    UserError: Ray is missing, or no cluster is there.
  """
  ray = _imported()
  with _undisturbed():
    _connect(ray, address)
  return ray


def _imported() -> Any:
  os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
  # Else Ray hides all GPUs from calls that ask for none, and warns of it.
  os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
  try:
    import ray
  except ImportError as error:
    raise UserError(
      f"--ray needs Ray ({error}); type: pip install 'actmine[ray]'"
    ) from error
  return ray


def _connect(ray: Any, address: str) -> None:
  quiet = {
    "configure_logging": False,
    "log_to_driver": False,
    "logging_level": logging.ERROR,
  }
  try:
    if address == LOCAL:
      ray.init(
        address=LOCAL,
        include_dashboard=False,
        object_store_memory=_OBJECT_STORE,
        **quiet,
      )
      return
    if address != AUTO:
      _check_reachable(address)
    ray.init(address=address, **quiet)
  except (ConnectionError, RuntimeError, ValueError, OSError) as error:
    hint = (
      "start one: ray start --head"
      if address == AUTO
      else f"is this machine a node of it? ray start --address={address}"
    )
    reason = " ".join(str(error).split())
    raise UserError(
      f"no cluster at --ray={address}: {reason}; {hint}"
    ) from None


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
  """Keeps Ray from taking signals over, and from words that say nothing."""
  logging.getLogger("ray").setLevel(logging.ERROR)
  before = signal.getsignal(signal.SIGTERM)
  with warnings.catch_warnings():
    # JAX warns of forks; Ray's processes are started anew right after.
    warnings.filterwarnings("ignore", message=r"os\.fork\(\)")
    yield
  signal.signal(signal.SIGTERM, before)


def _check_reachable(address: str) -> None:
  """Raises a UserError if no cluster of Ray answers at an address.

  Asked in another process: Ray ends a process that can't connect.
  """
  host, colon, port = address.rpartition(":")
  if not (host and colon and port.isdigit() and 0 < int(port) < 1 << 16):
    raise UserError(
      f"--ray takes HOST:PORT, {AUTO} or {LOCAL}, not {address!r}"
    )
  try:
    socket.create_connection((host, int(port)), _CONNECT_SECONDS).close()
  except OSError as error:
    raise UserError(
      f"no cluster at --ray={address}: {error.strerror or error}; is it up? "
      "type ray status there"
    ) from None
  check = "-m", "ray.scripts.scripts", "health-check", "--address", address
  try:
    subprocess.run(
      [sys.executable, *check],
      timeout=_HEALTH_SECONDS,
      check=True,
      capture_output=True,
    )
  except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
    raise UserError(
      f"what answers at --ray={address} is no cluster of Ray, or one of "
      "another version; type ray status there"
    ) from None
