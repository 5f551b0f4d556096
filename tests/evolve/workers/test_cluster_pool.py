"""A pool of the workers of two real nodes."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from evolve import candidates
from evolve.admission.admission import Admission
from evolve.admission.probe import Probe
from evolve.program import Program
from evolve.workers.cluster_pool import ClusterPool
from evolve.workers.jobs import ProbeJob
from harness.core import node_state
from harness.core.cluster import Cluster
from harness.core.errors import UserError
from tests.ray_nodes import Nodes, two_nodes


@pytest.fixture(scope="module")
def nodes() -> Iterator[Nodes]:
  with pytest.MonkeyPatch.context() as patch:
    patch.setenv("RAY_AUTH_MODE", "disabled")
    with two_nodes() as found:
      yield found


def _programs() -> list[Program]:
  return list(candidates.by_name(["relu", "gelu", "swish", "sin"]).values())


def _probed(pool: ClusterPool, programs: list[Program]) -> list[str]:
  """The programs that were probed, by the order of their results."""
  futures = {
    pool.submit(ProbeJob(program, Admission())): program.id
    for program in programs
  }
  ended = []
  while pool.num_open:
    for future in pool.wait():
      assert isinstance(future.result(), Probe)
      ended.append(futures.pop(future))
  return ended


def test_the_jobs_of_a_lost_node_go_to_the_other(
  nodes: Nodes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
  with Cluster(nodes.address, [tmp_path]) as found:
    assert len(found.nodes) == 2
    assert not os.listdir(tmp_path)  # What nodes were to see is gone.
    with pytest.MonkeyPatch.context() as patch:
      patch.setattr(node_state, "code_hash", lambda: "other")
      with pytest.raises(UserError, match=r"has code .*, this machine other"):
        found._checked_nodes([])
    with pytest.raises(UserError, match="does not see /nowhere; it must lie"):
      _unseen(found)
    with ClusterPool(found, {}, num_workers=9) as pool:
      assert pool.num_workers == 2  # No node has more than one processor.
      assert len(pool.describe().devices) == 2
      programs = _programs()
      assert {*_probed(pool, programs)} == {p.id for p in programs}
      for program in programs:
        pool.submit(ProbeJob(program, Admission()))
      nodes.kill_other()
      while pool.num_open:
        for future in pool.wait():
          assert isinstance(future.result(), Probe)
      assert pool.num_workers == 1
      lines = capsys.readouterr().out
      assert "is lost; its " in lines and "go to the 1 that are left" in lines
      found.kill(pool._members[0]._actor)
      with pytest.raises(UserError, match=r"the last node, .*go on with --re"):
        pool.call(ProbeJob(programs[0], Admission()))


def _unseen(found: Cluster) -> None:
  """Asks nodes for a file that only a node elsewhere could have."""
  state = found._asked(found.nodes[0].id, [Path("/nowhere/token")])
  raw = {"NodeManagerAddress": "there", "Resources": {"CPU": 1}}
  found._checked(raw, state, node_state.state_here([]))
