"""Language models as a proposer, with one conversation for each slot.

The question for a slot depends on the slots before it alone, and an answer that
is in the record is never asked for again. So a search is repeated by its
record, whoever answers, and however long that takes.
"""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from evolve.admission.admission import Admission
from evolve.program import Program
from evolve.proposers.llm import prompts
from evolve.proposers.llm.briefs import Briefs
from evolve.proposers.llm.calls import (
  CUT,
  REFUSED,
  CallLog,
  Question,
  Reply,
  Totals,
)
from evolve.proposers.llm.client_config import ClientConfig
from evolve.proposers.llm.extraction import NoProgramError, extract
from evolve.proposers.llm.models import Message, Model
from evolve.proposers.llm.selection import SELECTIONS
from evolve.proposers.proposer import Draft
from evolve.search.database import Row
from evolve.search.population import Population
from harness.core.errors import UserError
from harness.core.fitness import Report, Status
from harness.core.parameters import Share

if TYPE_CHECKING:
  from evolve.proposers.llm.client import Client

MAX_ATTEMPTS = 2  # The second one repairs.
_REPAIRABLE = {Status.INVALID, Status.OVER_BUDGET}
_MAX_KEPT = 4_000  # Characters of an answer without a program.


@dataclasses.dataclass(frozen=True)
class AuthorConfig:
  """The models that write, and their share of a search.

  Attributes:
    models: to choose from; may be empty if all is replayed.
    selection: the way to choose one, a name in SELECTIONS.
    share: of the slots after generation zero that models write, in (0, 1];
      mutators write the others.
    client: settings of the client that asks them.
    replay: the database of a run to repeat instead of asking.
  """

  models: tuple[Model, ...]
  selection: str = "weights"
  share: float = 1.0
  client: ClientConfig = dataclasses.field(default_factory=ClientConfig)
  replay: Path | None = None

  def to_json(self) -> dict[str, Any]:
    """For run.json; holds no key."""
    return {
      "llm": [[m.name, m.base_url, m.weight] for m in self.models],
      "llm_selection": self.selection,
      "llm_share": self.share,
      "llm_sampling": dataclasses.asdict(self.client.sampling),
      "llm_caps": dataclasses.asdict(self.client.caps),
      "llm_concurrency": self.client.concurrency,
      "replayed": self.replay is not None,
    }


@dataclasses.dataclass
class _Conversation:
  """The messages so far, and what is needed to go on."""

  asked: list[Message]
  question: Question
  parents: tuple[str, ...]
  shown: frozenset[str]
  parameters: Share  # Of the program, unless it says itself.
  answer: str = ""
  is_final: bool = False  # No repair would mend its answer.


class Author:
  """Asks for programs, and hands them over as they come; see `Proposer`.

  Attributes:
    wake: a file descriptor that is readable when a draft may be there; None if
      nothing is waited for, because all is replayed.
  """

  def __init__(
    self, config: AuthorConfig, record: Path, admission: Admission, goal: str
  ):
    """Opens the record, and the line to the models.

    Args:
      config: the models and their settings.
      record: the database of the run.
      admission: what candidates must satisfy; prompts state it.
      goal: what makes a score; prompts begin with it.

    Raises:
      UserError: a database can't be used, a key is missing, nobody listens.
    """
    self._briefs = Briefs(admission, goal)
    self._open: dict[int, _Conversation] = {}
    self._arrived: list[tuple[Question, Reply | None]] = []
    models = config.models or (Model("replayed", ""),)
    self._selection = SELECTIONS[config.selection](models)
    self._record = CallLog(record)
    self._replay: CallLog | None = None
    self._client: Client | None = None
    if config.replay:
      self._replay = CallLog(config.replay, read_only=True)
    else:
      self._client = _open_client(config, record)
    self.wake = self._client.wake.fileno() if self._client else None

  def __enter__(self) -> "Author":
    return self

  def __exit__(self, *unused: object) -> None:
    self.close()

  def close(self) -> None:
    """Drops the calls in flight."""
    if self._client:
      self._client.close()
    self._record.close()
    if self._replay:
      self._replay.close()

  def is_immediate(self, slot: int) -> bool:
    del slot
    return False

  def propose(
    self, slot: int, population: Population, rng: np.random.Generator
  ) -> None:
    """Asks for a program; its draft comes from `drafts`.

    Raises:
      UserError: the run to repeat asked something else; see Proposer.
    """
    brief, parents = self._briefs.compose(slot, population, rng)
    messages = prompts.compose(brief)
    model = self._selection.choose(rng)
    question = Question(slot, 0, prompts.digest(messages), messages, model)
    conversation = _Conversation(
      messages, question, parents, frozenset(parents), population.parameters
    )
    self._open[slot] = conversation
    self._ask(question)

  def send_back(self, slot: int, report: Report) -> bool:
    """Asks to repair the last draft of a slot; False if that was the last."""
    return report.status in _REPAIRABLE and self._repair(slot, report.feedback)

  def drafts(self) -> Iterator[Draft]:
    """The drafts that have come by now, those of repairs too.

    Raises:
      UserError: see Client.replies.
    """
    if self._client:
      self._arrived += self._client.replies()
    while self._arrived:
      question, reply = self._arrived.pop(0)
      if reply is None:
        yield Draft(question.slot, None)
      elif draft := self._draft(self._open[question.slot], reply):
        yield draft

  def recall(self, slot: int, program: Program, population: Population) -> None:
    """Calls are on record, by slot."""

  def learn(self, row: Row, population: Population) -> None:
    """Takes in the failure or the gain of a committed slot."""
    self._open.pop(row.slot, None)
    spent = self._record.of_slot(row.slot)
    if spent.is_answered:  # No prompt repeats what a server or filter says.
      self._briefs.learn(row.program.parents, row.report)
    self._selection.learn(
      spent.model, population.gain(row), spent.cost, spent.tokens
    )

  def totals(self) -> Totals:
    """The calls so far, and their cost."""
    return self._record.totals()

  def _repair(self, slot: int, reason: str) -> bool:
    conversation = self._open.get(slot)
    if conversation is None or conversation.is_final:
      return False
    attempt = conversation.question.attempt + 1
    if attempt >= MAX_ATTEMPTS:
      return False
    asked = prompts.repair(conversation.asked, conversation.answer, reason)
    conversation.asked = asked
    conversation.question = conversation.question._replace(
      attempt=attempt, digest=prompts.digest(asked), prompt=asked
    )
    self._ask(conversation.question)
    return True

  def _ask(self, question: Question) -> None:
    if found := self._record.find(question):
      self._arrived.append((question, found[0]))
    elif self._replay:
      self._arrived.append((question, self._copied(self._replay, question)))
    elif self._client:
      self._client.ask(question)

  def _copied(self, replay: CallLog, question: Question) -> Reply:
    found = replay.find(question)
    if found is None:
      raise UserError(
        f"the run to repeat holds no answer for slot {question.slot}: its "
        "flags, suite or version differ, or it ended before"
      )
    reply, model = found
    self._record.add(question._replace(model=model), reply, replayed=True)
    return reply

  def _draft(self, conversation: _Conversation, reply: Reply) -> Draft | None:
    """The draft that a reply holds; None if it was sent back."""
    slot = conversation.question.slot
    if reply.answer is None:
      return self._blank(conversation, f"no answer: {reply.error}")
    conversation.answer = reply.answer
    conversation.is_final = reply.finish_reason in (CUT, REFUSED)
    try:
      source = extract(reply.answer)
    except NoProgramError as error:
      flaw = f"{error} {_cut(reply)}".strip()
      if self._repair(slot, flaw):
        return None
      return self._blank(conversation, flaw, reply.answer[:_MAX_KEPT])
    program = Program(source, conversation.parents)
    program = program.sharing_by_default(conversation.parameters)
    if program.id in conversation.shown and self._repair(
      slot, "It is the same function as one that was shown."
    ):
      return None
    return Draft(slot, program)

  def _blank(
    self, conversation: _Conversation, flaw: str, text: str = ""
  ) -> Draft:
    # The slot makes it differ from other answers that are no programs.
    comment = f"# Slot {conversation.question.slot}: no program.\n"
    program = Program(comment + text, conversation.parents)
    return Draft(conversation.question.slot, program, flaw)


def _cut(reply: Reply) -> str:
  is_cut = reply.finish_reason == CUT
  return "The answer was cut off: it must be shorter." if is_cut else ""


def _open_client(config: AuthorConfig, record: Path) -> "Client":
  # It needs a package that most searches do without.
  from evolve.proposers.llm.client import Client

  return Client(config.models, record, config.client)
