"""Answers that say nothing: warnings, and the end of a run that buys them."""

import logging

from evolve.proposers.llm import extraction
from evolve.proposers.llm.calls import CUT, REFUSED, Reply
from evolve.proposers.llm.models import Model
from harness.core.errors import UserError

_LEAST_ANSWERS = 5
_MOST_EMPTY = 0.9  # Of all answers.

_log = logging.getLogger("actmine")


class Watch:
  """Counts the answers of this process, and says what is wrong with them."""

  def __init__(self, max_tokens: int):
    """Begins to count.

    Args:
      max_tokens: of an answer.
    """
    self._max_tokens = max_tokens
    self._answers = self._empty = self._cut = self._refused = 0
    self._warned: set[tuple[str, str]] = set()

  def take(self, model: Model, reply: Reply) -> None:
    """Takes in an answer or refusal, and warns of the first of each kind.

    Raises:
      UserError: nearly all answers say nothing.
    """
    is_cut, is_refused = (reply.finish_reason == r for r in (CUT, REFUSED))
    if reply.answer is None and not is_refused:
      return
    is_empty = not extraction.spoken(reply.answer or "").strip()
    self._answers += 1
    self._empty += is_empty
    self._cut += is_cut
    self._refused += is_refused
    before = "before it said anything" if is_empty else "before its end"
    if is_cut:
      self._warn(
        model,
        CUT,
        f"an answer was cut {before} by --llm_max_answer={self._max_tokens}, "
        "for which what a model thinks counts; if that goes on, raise it, or "
        "turn thinking off with --llm_extra",
      )
    elif is_refused:
      words = reply.error or reply.answer or "the answer was filtered"
      self._warn(model, REFUSED, f"a prompt was refused ({words}); goes on")
    elif is_empty:
      self._warn(model, "", "an answer was empty, though it was not cut")
    if (
      self._answers >= _LEAST_ANSWERS
      and self._empty >= _MOST_EMPTY * self._answers
    ):
      raise UserError(self._verdict())

  def _warn(self, model: Model, kind: str, text: str) -> None:
    if (model.name, kind) not in self._warned:
      self._warned.add((model.name, kind))
      _log.warning("%s: %s", model.name, text)

  def _verdict(self) -> str:
    counts = f"{self._empty} of {self._answers} answers of language models"
    if 2 * self._cut >= self._empty:
      return (
        f"{counts} said nothing, {self._cut} were cut by "
        f"--llm_max_answer={self._max_tokens}: raise it, or turn thinking off "
        "with --llm_extra, and go on with --resume"
      )
    if 2 * self._refused >= self._empty:
      return (
        f"{counts} were refused by a content filter: ask another model with "
        "--llm, and go on with --resume"
      )
    return (
      f"{counts} were empty: see what the server answers, or ask another "
      "model with --llm, and go on with --resume"
    )
