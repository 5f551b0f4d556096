"""Imports between packages, and their effects (DESIGN.md, section 2)."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = ("harness", "tasks", "evolve")
ENTRY_POINTS = tuple(
  f"harness.{path.stem}"
  for path in sorted((ROOT / "harness").glob("*.py"))
  if path.stem != "__init__"
)
BENCHMARKS = ("tasks.clrs30", "tasks.imagenet")  # These may need TensorFlow.
HEAVY = ("tensorflow", "tensorflow_datasets", "clrs")
MAY_IMPORT = {
  "harness.core": ("harness.core",),
  "tasks": ("tasks", "harness.core"),
  "evolve": ("evolve", "harness.core"),
}


def _is_within(module: str, packages: tuple[str, ...]) -> bool:
  return any(module == p or module.startswith(p + ".") for p in packages)


def _modules() -> Iterator[tuple[str, ast.Module]]:
  """Every module of ours, by its dotted name."""
  for package in OURS:
    for path in sorted((ROOT / package).rglob("*.py")):
      parts = path.relative_to(ROOT).with_suffix("").parts
      name = ".".join(p for p in parts if p != "__init__")
      yield name, ast.parse(path.read_text())


def _imports(tree: ast.Module) -> Iterator[str]:
  """The dotted names that a module imports, in functions as well."""
  for node in ast.walk(tree):
    if isinstance(node, ast.Import):
      yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
      assert not node.level, "relative imports hide what is imported"
      yield from (f"{node.module}.{alias.name}" for alias in node.names)


MODULES = list(_modules())
IMPORTS = [
  (importer, imported)
  for importer, tree in MODULES
  for imported in _imports(tree)
]


def test_imports_in_functions_are_found() -> None:
  tree = ast.parse("def f():\n  import a.b\n  from c import d, e")
  assert list(_imports(tree)) == ["a.b", "c.d", "c.e"]


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_packages_import_only_those_below(package: str) -> None:
  ours = [
    (importer, imported)
    for importer, imported in IMPORTS
    if _is_within(importer, (package,)) and _is_within(imported, OURS)
  ]
  assert ours
  assert [
    pair for pair in ours if not _is_within(pair[1], MAY_IMPORT[package])
  ] == []


def test_ray_is_imported_only_where_a_cluster_is_asked_for() -> None:
  in_functions = [i for i, name in IMPORTS if _is_within(name, ("ray",))]
  assert in_functions
  at_once = [
    (importer, name)
    for importer, tree in MODULES
    for name in _imports(ast.Module(_top_level(tree), []))
    if _is_within(name, ("ray",))
  ]
  assert at_once == []


def _top_level(tree: ast.Module) -> list[ast.stmt]:
  """The imports of a module that are not in a function or class."""
  return [s for s in tree.body if isinstance(s, ast.Import | ast.ImportFrom)]


def test_nobody_imports_an_entry_point() -> None:
  assert "harness.score" in ENTRY_POINTS
  assert [pair for pair in IMPORTS if _is_within(pair[1], ENTRY_POINTS)] == []


def test_only_entry_points_import_the_report() -> None:
  """Those of benchmarks merge runs by it, and need nothing else of it."""
  package, merging = ("harness.reporting",), ("harness.reporting.merging",)
  outside = [
    (user, imported)
    for user, imported in IMPORTS
    if _is_within(imported, package) and not _is_within(user, package)
  ]
  assert {user for user, b in outside if not _is_within(b, merging)} == {
    "harness.actbench",
    "harness.report",
  }
  assert {user for user, b in outside if _is_within(b, merging)} == {
    "harness.clrs30",
    "harness.imagenet",
    "harness.molhiv",
  }


def test_entry_points_define_flags_and_one_module_parses_them() -> None:
  users = {a for a, b in IMPORTS if _is_within(b, ("absl.flags",))}
  assert users == {*ENTRY_POINTS, "harness.core.entry"}
  attributes = {
    (name, node.attr)
    for name, tree in MODULES
    for node in ast.walk(tree)
    if isinstance(node, ast.Attribute)
  }
  definers = {name for name, attr in attributes if attr.startswith("DEFINE_")}
  assert definers == set(ENTRY_POINTS)
  parsers = {name for name, attr in attributes if attr == "FLAGS"}
  assert parsers == {"harness.core.entry"}


def test_no_function_takes_a_module() -> None:
  """It would be an import that this file does not see."""
  annotations = [
    (name, ast.unparse(argument.annotation))
    for name, tree in MODULES
    for node in ast.walk(tree)
    if isinstance(node, ast.arguments)
    for argument in (*node.posonlyargs, *node.args, *node.kwonlyargs)
    if argument.annotation
  ]
  assert ("harness.core.entry", "str") in annotations
  assert [pair for pair in annotations if "ModuleType" in pair[1]] == []


def test_tensorflow_stays_with_the_benchmarks() -> None:
  users = {a for a, b in IMPORTS if _is_within(b, HEAVY)}
  assert [user for user in users if not _is_within(user, BENCHMARKS)] == []


def test_rdkit_stays_with_the_molecules() -> None:
  users = {a for a, b in IMPORTS if _is_within(b, ("rdkit",))}
  assert users == {"tasks.molhiv.data.smiles"}


def test_the_distribution_holds_every_package() -> None:
  """A directory without __init__.py would be left out silently."""
  directories = {
    path.parent for package in OURS for path in (ROOT / package).rglob("*.py")
  }
  assert [d for d in directories if not (d / "__init__.py").exists()] == []


def _loaded(statement: str) -> set[str]:
  """The top-level packages that a new interpreter has after a statement.

  Among them is a-backend or no-backend, for JAX's.
  """
  report = (
    "import sys; xla = sys.modules.get('jax._src.xla_bridge'); "
    "print(*{m.split('.')[0] for m in sys.modules}, "
    "'a-backend' if xla and xla._backends else 'no-backend')"
  )
  done = subprocess.run(
    [sys.executable, "-c", f"{statement}; {report}"],
    cwd=ROOT,
    capture_output=True,
    text=True,
    check=True,
  )
  return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("entry_point", ENTRY_POINTS)
def test_help_does_not_wait_for_jax(entry_point: str) -> None:
  loaded = _loaded(f"import {entry_point}")
  assert "absl" in loaded
  assert loaded.isdisjoint({"jax", *HEAVY})


def test_importing_a_search_starts_no_backend_and_no_tensorflow() -> None:
  """Workers are forked after these imports; a backend would hang them."""
  apart = (*BENCHMARKS, *ENTRY_POINTS, "harness.reporting", "harness.api")
  modules = [name for name, _ in MODULES if not _is_within(name, apart)]
  loaded = _loaded(f"import {', '.join(modules)}")
  assert {"jax", "no-backend"} <= loaded
  assert loaded.isdisjoint(HEAVY)
