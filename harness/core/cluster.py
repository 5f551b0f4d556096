"""A cluster of Ray: its connection, its nodes, and what these must share.

Ray is an extra, imported only where a cluster is asked for. Whatever runs on a
node is imported there, so every node needs the same code and the same versions
of the libraries that decide a result; this is checked before anything is sent.
"""

import contextlib
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from harness.core import cluster_connection
from harness.core.errors import UserError
from harness.core.node_state import State, state_here

HELP = (
  "a cluster of Ray to run on: HOST:PORT, auto for the one that this machine "
  "belongs to, or local for one of this machine alone; with --resume, an empty "
  "one goes on without a cluster"
)
_ANSWER_SECONDS = 60.0


class Node(NamedTuple):
  """A machine of a cluster, or what Ray takes for one.

  Attributes:
    id: Ray's.
    name: its address.
    cpus: that it lends.
    gpus: that it lends.
    processor: its model, as its system names it.
  """

  id: str
  name: str
  cpus: int
  gpus: int
  processor: str


class Cluster:
  """A connection to a cluster, whose nodes can run this code.

  Attributes:
    nodes: that were there when it was made.
    lost: the errors that say that a process or its node has ended.
  """

  def __init__(self, address: str, shared: Sequence[Path] = ()):
    """Connects, and checks all nodes.

    Args:
      address: see HELP.
      shared: directories that every node must see.

    Raises:
      UserError: Ray is missing, no cluster is there, or a node can't run this.
    """
    self._ray = cluster_connection.open_to(address)
    self.lost: tuple[type[Exception], ...] = (
      self._ray.exceptions.RayActorError,
      self._ray.exceptions.NodeDiedError,
      self._ray.exceptions.WorkerCrashedError,
      self._ray.exceptions.OutOfMemoryError,
      self._ray.exceptions.ActorUnschedulableError,
      self._ray.exceptions.TaskUnschedulableError,
    )
    try:
      self.nodes = self._checked_nodes(shared)
    except BaseException:
      self.close()
      raise

  def __enter__(self) -> "Cluster":
    return self

  def __exit__(self, *unused: object) -> None:
    self.close()

  def close(self) -> None:
    """Disconnects; what this run still has there ends."""
    self._ray.shutdown()

  def on(self, node_id: str) -> Any:
    """The scheduling strategy of a node."""
    return _on(node_id)

  @property
  def description(self) -> str:
    """The nodes in a line, and a warning if results depend on them."""
    models = Counter(node.processor for node in self.nodes)
    listed = "; ".join(f"{count} x {model}" for model, count in models.items())
    words = f"{len(self.nodes)} nodes: {listed}"
    if len(models) > 1:
      words += (
        "; the last bits of XLA differ between processors, so results depend "
        "on which node did what"
      )
    return words

  def record(self) -> list[dict[str, Any]]:
    """The nodes as JSON values, for run.json."""
    return [node._asdict() for node in self.nodes]

  @property
  def here(self) -> str:
    """The id of the node of this process, which need not lend a processor."""
    own: str = self._ray.get_runtime_context().get_node_id()
    return own

  def start(self, cls: type, *args: Any, **options: Any) -> Any:
    """Starts a process that holds an object; returns Ray's handle of it.

    Args:
      cls: of the object.
      *args: of its constructor.
      **options: of the actor, see `ray.actor.ActorClass.options`.
    """
    return self._ray.remote(cls).options(**options).remote(*args)

  def call(self, function: Any, *args: Any, **options: Any) -> Any:
    """Has a function called on some node; returns a reference to its result.

    Args:
      function: to be called.
      *args: of it.
      **options: at least one, see `ray.remote`.
    """
    return self._ray.remote(**options)(function).remote(*args)

  def get(self, reference: Any, seconds: float | None = None) -> Any:
    """The result of a call.

    Raises:
      TimeoutError: there is none within the seconds.
      Exception: what was raised there, or one in `lost`.
    """
    try:
      return self._ray.get(reference, timeout=seconds)
    except self._ray.exceptions.GetTimeoutError as error:
      raise TimeoutError from error
    except self._ray.exceptions.RayTaskError as error:
      raise error.cause from None

  def wait(self, references: Sequence[Any], seconds: float) -> list[Any]:
    """The references among some whose call has ended, waiting for the first."""
    ended, _ = self._ray.wait(list(references), timeout=seconds)
    return list(ended)

  def kill(self, actor: Any) -> None:
    """Ends a process, whether it still runs or not."""
    with contextlib.suppress(*self.lost):
      self._ray.kill(actor)

  def cancel(self, reference: Any) -> None:
    """Ends a call, whether it still runs or not."""
    with contextlib.suppress(*self.lost):
      self._ray.cancel(reference, force=True)

  def _checked_nodes(self, shared: Sequence[Path]) -> tuple[Node, ...]:
    """All nodes that lend a processor.

    Raises:
      UserError: one can't run this code.
    """
    alive = [node for node in self._ray.nodes() if node["Alive"]]
    found = [node for node in alive if node["Resources"].get("CPU", 0) >= 1]
    if not found:
      raise UserError(
        "no node of the cluster lends a processor; start one with "
        "ray start --address=HOST:PORT"
      )
    with _tokens(shared) as tokens:
      ours = state_here(tokens)
      states = [self._asked(raw["NodeID"], tokens) for raw in found]
      return tuple(
        self._checked(raw, state, ours)
        for raw, state in zip(found, states, strict=True)
      )

  def _asked(self, node_id: str, tokens: Sequence[Path]) -> Any:
    """A reference to the state of a node."""
    return self.call(
      state_here, tokens, num_cpus=0, scheduling_strategy=_on(node_id)
    )

  def _checked(self, raw: Mapping[str, Any], state: Any, ours: State) -> Node:
    """A node that can run this code.

    Args:
      raw: the node as Ray tells of it.
      state: a reference to its state.
      ours: the state of this machine, which its own must equal.

    Raises:
      UserError: it can't.
    """
    name = raw["NodeManagerAddress"]
    try:
      theirs: State = self.get(state, _ANSWER_SECONDS)
    except TimeoutError:
      raise UserError(
        f"node {name} does not answer within {_ANSWER_SECONDS:.0f} s; see "
        "ray status"
      ) from None
    # The second by Ray, if it can't read what it is to call.
    except (ImportError, RuntimeError) as error:
      reason = " ".join(str(error).split())[:200]
      raise UserError(
        f"node {name} can't import the code that is to run there "
        f"({reason}); install the same version of actmine on all nodes"
      ) from None
    for what, version in ours.versions.items():
      other = theirs.versions.get(what)
      if other != version:
        raise UserError(
          f"node {name} has {what} {other}, this machine {version}; install "
          "the same version on all nodes"
        )
    for token, is_there in theirs.seen.items():
      if not is_there:
        raise UserError(
          f"node {name} does not see {Path(token).parent}; it must lie in "
          "a folder that all nodes share, under the same path"
        )
    lent = raw["Resources"]
    return Node(
      raw["NodeID"],
      name,
      int(lent["CPU"]),
      int(lent.get("GPU", 0)),
      theirs.processor,
    )


@contextlib.contextmanager
def _tokens(folders: Sequence[Path]) -> Iterator[list[Path]]:
  """Files of new names in some folders, there for a while."""
  name = f".seen-by-all-{secrets.token_hex(8)}"
  found = [folder.resolve() / name for folder in folders]
  try:
    for path in found:
      path.touch()
    yield found
  finally:
    for path in found:
      path.unlink(missing_ok=True)


def _on(node_id: str) -> Any:
  from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

  return NodeAffinitySchedulingStrategy(node_id, soft=False)
