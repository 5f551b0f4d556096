"""Rules for tasks, over all that ship; a new file is covered by itself."""

import pytest

from evolve.activations import ACTIVATIONS
from tasks.lab import checking, conformance, discrimination, registry

SUITES = {suite: registry.of_suite(suite) for suite in registry.SUITES}
TASKS = [task for members in SUITES.values() for task in members]

every_task = pytest.mark.parametrize("task", TASKS, ids=lambda t: t.name)


@every_task
@pytest.mark.parametrize("rule", conformance.RULES)
def test_it_keeps_a_rule(task, rule):
  assert list(conformance.RULES[rule](task)) == []


@pytest.fixture(scope="module")
def skills():
  """Skills of every task; trains some thousand networks."""
  pool = checking.pool(ACTIVATIONS)
  return {
    name: of_task
    for members in SUITES.values()
    for name, of_task in discrimination.skills(members, pool).items()
  }


@pytest.mark.slow
@every_task
@pytest.mark.parametrize("rule", discrimination.RULES)
def test_it_says_something(task, rule, skills):
  assert list(discrimination.RULES[rule](skills[task.name])) == []
