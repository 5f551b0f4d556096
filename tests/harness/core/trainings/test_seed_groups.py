"""Groups of seeds: their order, their names."""

from harness.core.trainings.seed_groups import SeedGroup, seed_groups


def test_seeds_are_split_into_groups_of_a_size() -> None:
  groups = seed_groups(["bfs"], ["relu"], [0, 1, 2, 3, 7], 2)
  assert [group.seeds for group in groups] == [(0, 1), (2, 3), (7,)]
  (alone,) = seed_groups(["bfs"], ["relu"], [5], 4)
  assert alone == SeedGroup("bfs", "relu", (5,))


def test_groups_go_task_by_task_then_activation_by_activation() -> None:
  groups = seed_groups(["bfs", "dfs"], ["relu", "gelu"], [0, 1], 2)
  assert [(group.task, group.activation) for group in groups] == [
    ("bfs", "relu"), ("bfs", "gelu"), ("dfs", "relu"), ("dfs", "gelu"),
  ]  # fmt: skip


def test_a_group_is_named_by_its_program_and_its_first_seed() -> None:
  group = SeedGroup("bfs", "my/file.py", (3, 4))
  assert str(group) == "bfs, my/file.py, seed 3,4"
  assert group.file_name("1f3a") == "bfs-1f3a-seed3.npz"


def test_curves_are_named_as_people_call_activations() -> None:
  names = ["relu", "a/best.py", "b/best.py"]
  groups = seed_groups(["bfs"], names, [0, 3, 5], 2)
  assert [group.curves_name(names) for group in groups] == [
    "bfs/relu-seeds0-3", "bfs/relu-seed5",
    "bfs/a/best-seeds0-3", "bfs/a/best-seed5",
    "bfs/b/best-seeds0-3", "bfs/b/best-seed5",
  ]  # fmt: skip
