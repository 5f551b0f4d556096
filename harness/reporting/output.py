"""The file that a page is written to."""

from pathlib import Path

from harness.core.errors import UserError


def check(path: Path) -> None:
  """Raises a UserError if the page is no page."""
  if path.suffix not in (".html", ".htm"):
    raise UserError(
      f"--output={path} is no page; give a file name that ends in .html"
    )


def make_folder(path: Path) -> None:
  """Makes the directory of the page, or raises a UserError."""
  try:
    path.parent.mkdir(parents=True, exist_ok=True)
  except OSError as error:
    raise UserError(
      f"can't make the directory of --output={path}: {error.strerror}; choose "
      "another"
    ) from error
