"""Python that no language check stops, to test the walls behind it.

Each case: the source, whether a probe runs it or an evaluation, the status that
it must have, and a pattern of its feedback. Those that hang run as probes,
whose time limit the test sets low; the others have the time of an evaluation.
"""

from typing import NamedTuple

from harness.core.fitness import Status


class Case(NamedTuple):
  source: str
  is_probe: bool
  status: Status
  feedback: str


_RELU = "def activation(x):\n  return jax.numpy.maximum(x, 0)\n"
_DENIED = r"PermissionError: \[Errno 1(3)?\]"


def _raises(body: str, feedback: str = _DENIED) -> Case:
  """Does something while it is traced, inside the evaluation."""
  lines = "".join(f"  {line}\n" for line in body.strip().split("\n"))
  source = f"import jax, os\n\ndef activation(x):\n{lines}  return x\n"
  return Case(source, False, Status.CRASHED, feedback)


def _harmless(body: str) -> Case:
  """Does something first, and then is ReLU."""
  return Case(f"import jax, os\n{body}\n{_RELU}", False, Status.OK, "Weakest")


def _hangs(body: str) -> Case:
  source = f"import jax, os\n{body}\n{_RELU}"
  return Case(source, True, Status.TIMEOUT, "took longer than 3 s at stage")


def _system_call(call: str) -> Case:
  """Goes around Python's own functions."""
  return _raises(
    "import ctypes\n"
    "libc = ctypes.CDLL(None, use_errno=True)\n"
    f"if libc.{call} == -1:\n"
    "  raise OSError(ctypes.get_errno(), 'refused')"
  )


# Whoever started the fork server.
_PARENT = """
def parent_of(process):
  with open(f"/proc/{process}/status") as status:
    return int(status.read().partition("PPid:")[2].split()[0])
parent = parent_of(os.getppid())
"""

CASES: dict[str, Case] = {
  # Processes.
  "fork": _raises("os.fork()"),
  "forkpty": _raises("os.forkpty()"),
  "run": _raises("import subprocess\nsubprocess.run(['true'])"),
  "spawn": _raises("os.posix_spawn('/bin/true', ['true'], {})"),
  "vfork": _system_call("syscall(58)"),
  "exec": _raises("os.execv('/bin/true', ['true'])"),
  "leaves its group": _raises("os.setsid()"),
  # The network.
  "socket": _raises("import socket\nsocket.socket()"),
  "local socket": _raises("import socket\nsocket.socket(socket.AF_UNIX)"),
  "socket pair": _raises("import socket\nsocket.socketpair()"),
  # Files.
  "write a file": _raises("open('left', 'w')"),
  "write elsewhere": _raises("open('/tmp/left', 'a')"),
  "make a directory": _raises("os.mkdir('left')"),
  "remove": _raises("os.unlink('/tmp/nothing')"),
  "rename": _raises("os.rename('/tmp/nothing', '/tmp/left')"),
  "link": _raises("os.symlink('/tmp', 'left')"),
  "change mode": _raises("os.chmod('.', 0)"),
  "file in memory": _raises("os.memfd_create('left')"),
  "many files": _raises(
    "held = [open('/dev/null') for _ in range(1000)]",
    "Too many open files",
  ),
  # Other processes.
  "kill the parent": _raises(_PARENT + "os.kill(parent, 9)"),
  "kill the server": _raises("os.kill(os.getppid(), 9)"),
  "kill a group": _raises(_PARENT + "os.killpg(os.getpgid(parent), 9)"),
  "kill by descriptor": _raises("os.pidfd_open(os.getppid())"),
  "kill a thread": _raises(
    _PARENT + "import ctypes\n"
    "libc = ctypes.CDLL(None, use_errno=True)\n"
    "if libc.syscall(234, parent, parent, 9):\n"
    "  raise OSError(ctypes.get_errno(), 'refused')"
  ),
  "kill through the pipe": _raises(
    _PARENT + "import fcntl\nfcntl.fcntl(3, fcntl.F_SETOWN, parent)"
  ),
  "choose a signal": _raises("import fcntl\nfcntl.fcntl(3, 10, 9)"),
  "slow the parent": _raises(_PARENT + "os.sched_setaffinity(parent, {0})"),
  "trace": _system_call("ptrace(16, os.getppid(), 0, 0)"),
  "read memory": _raises("open(f'/proc/{os.getppid()}/mem', 'rb')"),
  "take a pipe": _raises(_PARENT + "open(f'/proc/{parent}/fd/0', 'rb')"),
  # Its own limits.
  "raise limits": _raises(
    "import resource\n"
    "resource.setrlimit(resource.RLIMIT_AS, (1 << 40, 1 << 40))",
    "PermissionError|ValueError: not allowed",
  ),
  "outlive the parent": _system_call("prctl(1, 0, 0, 0, 0)"),
  # Its own process.
  "exit": _raises("raise SystemExit(0)", "SystemExit: 0"),
  "exit at once": _raises("os._exit(0)", "ended with status 0"),
  "interrupt": _raises("raise KeyboardInterrupt", "KeyboardInterrupt"),
  "segfault": _raises(
    "import ctypes\nctypes.string_at(0)", "Segmentation fault"
  ),
  "abort": _raises("os.abort()", "Aborted"),
  "kill itself": _raises(
    "import signal\nsignal.raise_signal(9)", "ended by a signal: Killed"
  ),
  "signal without a name": _raises(
    "import signal\nsignal.raise_signal(37)", "ended by a signal"
  ),
  "recurse": Case(
    "def f(x):\n  return f(x)\nf(0)", True, Status.INVALID, "recurses"
  ),
  "allocate": _raises(
    "import numpy\nheld = []\n"
    "while True:\n  held.append(numpy.zeros(1 << 28, 'u1'))",
    "Runs out of memory",
  )._replace(status=Status.OVER_BUDGET),
  # Functions that others rely on.
  "rebind a function": _raises(
    "jax.numpy.mean = lambda *args, **kwargs: x",
    "rebinds jax.numpy.mean",
  ),
  "rebind a builtin": _raises(
    "import builtins\nbuiltins.max = min", "rebinds builtins.max"
  ),
  "rebind the probe": _raises(
    "from evolve.admission import probe\nprobe.probe = None",
    "rebinds evolve.admission.probe.probe",
  ),
  "rebind writing": _raises("os.write = lambda *args: 1 << 30", "status 0"),
  # The answer pipe.
  "garbage": _raises(
    "os.write(3, b'\\x05' + bytes(7) + b'spam!')", "sends garbage"
  ),
  "100 MB": _raises("os.write(3, b'x' * 10**8)", "sends garbage"),
  "announces 4 GB": _raises("os.write(3, b'\\xff' * 8)", "8589934590 bytes"),
  "no object": _raises(
    "os.write(3, b'\\x02' + bytes(7) + b'[]')", "no JSON object"
  ),
  "deep JSON": _raises(
    "os.write(3, (100000).to_bytes(8, 'little') + b'[' * 100000)",
    "sends garbage: no JSON",
  ),
  "unknown status": _raises(
    "body = b'{\"status\": \"GREAT\"}'\n"
    "os.write(3, len(body).to_bytes(8, 'little') + body)\n"
    "os._exit(0)",
    "an answer without a status",
  ),
  "half a message": _raises(
    "os.write(3, b'\\xff' + bytes(7) + b'{')\nos._exit(0)",
    "ended with status 0",
  ),
  # Time.
  "loop": _hangs("while True:\n  pass"),
  "loop in C": _hangs("3 ** 10**10"),
  "sleep": _hangs("import time\ntime.sleep(1000)"),
  "stop itself": _hangs("import signal\nsignal.raise_signal(signal.SIGSTOP)"),
  "messages without end": _hangs(
    "while True:\n  os.write(3, b'\\x02' + bytes(7) + b'{}')"
  ),
  "ignore signals": _hangs(
    "import signal, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "signal.signal(signal.SIGXCPU, signal.SIG_IGN)\n"
    "time.sleep(1000)"
  ),
  # Harmless.
  "print 100 MB": _harmless("for _ in range(100):\n  print('x' * 10**6)"),
  "thread": _harmless(
    "import threading\n"
    "thread = threading.Thread(target=print)\nthread.start()\nthread.join()"
  ),
  "thread that stays": _harmless(
    "import threading, time\n"
    "threading.Thread(target=time.sleep, args=(1000,)).start()"
  ),
  "exit handler": _harmless(
    "import atexit, time\natexit.register(time.sleep, 1000)"
  ),
  "destructor": _harmless(
    "import time\n"
    "class Slow:\n  def __del__(self):\n    time.sleep(1000)\n"
    "slow = Slow()"
  ),
}  # fmt: skip
