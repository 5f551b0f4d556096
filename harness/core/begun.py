"""The files of a run that goes on, perhaps from another working directory."""

import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from harness.core import user_module


class Begun(NamedTuple):
  """The files that a run was begun with; none for a new run.

  Attributes:
    sources: texts of activations, by path as typed.
    directory: of relative paths; empty if that is the working directory.
  """

  sources: Mapping[str, str] = MappingProxyType({})
  directory: str = ""

  @classmethod
  def of(cls, record: Mapping[str, Any], workdir: str) -> "Begun":
    """Those of a run.json in `workdir`; earlier versions have no directory."""
    directory = ""
    if "directory" in record:
      joined = os.path.join(os.path.realpath(workdir), record["directory"])
      directory = os.path.normpath(joined)
    elsewhere = directory != os.getcwd()
    return cls(record.get("sources", {}), directory if elsewhere else "")

  def path(self, given: str) -> str:
    """A path that was typed when the run began, for the working directory."""
    is_of_user = given.startswith("~")
    return given if is_of_user else os.path.join(self.directory, given)

  def module(self, given: str) -> str:
    """The same for an importable module, too."""
    return self.path(given) if user_module.is_path(given) else given


def directory_of(workdir: str) -> str:
  """The working directory for run.json, relative to the run's.

  So that a tree which holds both can be moved.
  """
  return os.path.relpath(os.getcwd(), os.path.realpath(workdir))
