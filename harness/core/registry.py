"""Named things that Python files register: ours, and those of a user's own."""

import importlib
import pkgutil
from typing import Generic, NamedTuple, Protocol, TypeVar

from harness.core import user_module
from harness.core.errors import UserError, unknown


class Named(Protocol):
  """A thing with a name."""

  @property
  def name(self) -> str: ...


Item = TypeVar("Item", bound=Named)


class Addition(NamedTuple, Generic[Item]):
  """The items of a user's module, and the module's label."""

  label: str
  items: tuple[Item, ...]


class Registry(Generic[Item]):
  """Items by their name, each registered by the file that has it.

  Attributes:
    items: by name.
    files: that registered them, by name.
    additions: of users' modules, by the location of the module.
  """

  def __init__(self, kind: str, package: str, module_kind: str):
    """An empty registry.

    Args:
      kind: of the items, for messages, e.g. "generator".
      package: whose modules register those that ship.
      module_kind: the role of a user's module, e.g. "task module".
    """
    self.items: dict[str, Item] = {}
    self.files: dict[str, str] = {}
    self.additions: dict[str, Addition[Item]] = {}
    self._kind, self._package, self._module_kind = kind, package, module_kind

  def register(self, item: Item, file: str) -> None:
    """Adds an item of a file; a UserError if its name is taken."""
    if item.name in self.items:
      raise UserError(
        f"{self._kind} {item.name!r} of {file} is already registered by "
        f"{self.files[item.name]}; give it another name"
      )
    self.items[item.name], self.files[item.name] = item, file

  def discover(self) -> None:
    """Imports every module of the package."""
    for module in pkgutil.walk_packages(self._folders, self._package + "."):
      importlib.import_module(module.name)

  def shipped(self) -> list[Item]:
    """The items of the package."""
    self.discover()
    folders = tuple(self._folders)
    return [
      item
      for name, item in self.items.items()
      if self.files[name].startswith(folders)
    ]

  def get(self, name: str) -> Item:
    """The item of that name; a UserError names the nearest ones."""
    self.discover()
    if name not in self.items:
      raise unknown(self._kind, name, self.items)
    return self.items[name]

  def load_module(self, name: str) -> Addition[Item]:
    """The items that a user's module or file registers.

    A file that has changed is loaded anew.

    Raises:
      UserError: it does not load, adds no item, or one that exists.
    """
    self.discover()
    place = user_module.located(name)
    before = self.additions.pop(place, Addition[Item]("", ()))
    for item in before.items:
      del self.items[item.name]
    known = set(self.items)
    try:
      module, label = user_module.load(name, self._module_kind)
    except UserError:
      for unfinished in set(self.items) - known:
        del self.items[unfinished]
      raise
    added = tuple(
      item
      for name, item in self.items.items()
      if name not in known or self.files[name] == module.__file__
    )
    if label == before.label:  # Loading it again has run nothing.
      added = before.items
      self.items.update({item.name: item for item in added})
    if not added:
      raise UserError(f"{self._module_kind} {name!r} registers no {self._kind}")
    self.additions[place] = Addition(label, added)
    return self.additions[place]

  @property
  def _folders(self) -> list[str]:
    return list(importlib.import_module(self._package).__path__)
