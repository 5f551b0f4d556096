"""One call to a real server, in its good and bad moments."""

import asyncio
import contextlib
import dataclasses
import re
import socketserver
import threading
import time
import traceback
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

import pytest

from evolve.proposers.llm.calls import CallLog, Question, Reply
from evolve.proposers.llm.endpoint import Endpoint
from evolve.proposers.llm.failures import FailedCallError
from evolve.proposers.llm.models import Model
from harness.core.errors import UserError
from tests.evolve.proposers.llm import chat_server
from tests.evolve.proposers.llm.calling import (
  KEY,
  SAMPLING,
  Line,
  message,
  model_at,
  question_for,
  quoting,
)
from tests.evolve.proposers.llm.chat_server import (
  Answer,
  ChatServer,
  bad_request,
  completion,
  script,
  slow,
)


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
  with Line() as opened:
    yield opened


def test_an_ordinary_answer(line: Line) -> None:
  prompt = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "é🙂"},
  ]
  question = Question(7, 1, "digest", prompt, line.model)
  reply = line.call(script("x * x"), question)
  sent, got = len("Be brief.é🙂") // 4 + 1, len("x * x") // 4 + 1
  cost = (1000 * sent + 3000 * got) / 1e6
  assert reply == Reply("x * x", "stop", None, sent, got, cost)
  request = line.server.requests[-1]
  assert request.key == KEY
  assert request.body == {
    "model": "some/model",
    "messages": prompt,
    "temperature": 0.5,
    "max_tokens": 100,
  }


@pytest.mark.parametrize(
  ("sent", "reply"),
  [
    (chat_server.null_content(), Reply("", "stop", None, 2, 1, 0.005)),
    (
      chat_server.refusal("No."),
      Reply("No.", "content_filter", None, 2, 1, 0.005),
    ),
    (chat_server.cut("def act"), Reply("def act", "length", None, 2, 2, 0.008)),
    (
      chat_server.huge(1_000_000),
      Reply("x" * 1_000_000, "stop", None, 2, 250_001, 750.005),
    ),
    (chat_server.without_usage("x"), Reply("x", "stop")),
    (
      completion("x", usage={"prompt_tokens": 3, "completion_tokens": None}),
      Reply("x", "stop", None, 3),
    ),
    (completion("x", usage={}), Reply("x", "stop")),
    (completion("x", usage="many"), Reply("x", "stop")),
    (
      completion("x", usage={"prompt_tokens": -1, "completion_tokens": 2**80}),
      Reply("x", "stop"),
    ),
    (message("a\0\ud800é"), Reply("a\0?é", "stop", None, 2, 1, 0.005)),
    (message("x", message=None), Reply("", "stop", None, 2, 1, 0.005)),
    (message("x", finish_reason=None), Reply("x", None, None, 2, 1, 0.005)),
    (message("x", finish_reason=[1]), Reply("x", None, None, 2, 1, 0.005)),
  ],
)
def test_odd_answers_are_answers_and_can_be_recorded(
  path: Path, line: Line, sent: chat_server.Reply, reply: Reply
) -> None:
  found = line.call(script(sent))
  assert found._replace(cost=None) == reply._replace(cost=None)
  assert found.cost == pytest.approx(reply.cost)
  calls, question = CallLog(path), question_for(line.model)
  calls.add(question, found)
  recorded = calls.find(question)
  assert recorded and recorded[0] == found
  calls.close()


def _plain(status: int, body: bytes) -> chat_server.Reply:
  return chat_server.Reply(body, status, content_type="text/plain")


def _failure(line: Line, answer: Answer) -> FailedCallError:
  before = len(line.server.requests)
  with pytest.raises(FailedCallError) as caught:
    line.call(answer)
  assert len(line.server.requests) == before + 1
  text = str(caught.value)
  assert "\n" not in text and len(text) <= 500
  assert KEY not in "".join(traceback.format_exception(caught.value))
  return caught.value


@pytest.mark.parametrize(
  ("sent", "error"),
  [
    (chat_server.rate_limited(), "429: .*Rate limit reached"),
    (chat_server.server_error(), "500: .*The server had an error"),
    (_plain(502, b"<html>" + b"bad gateway" * 1000), "502: "),
    (_plain(408, b""), "408: "),
    (_plain(409, b""), "409: "),
    (chat_server.Reply(b'{"error": {"message": "\\ud800"}}', 503), "503: "),
    (chat_server.dropped(), "Connection error"),
    (chat_server.dropped(midway=True), "Connection error"),
    (chat_server.truncated_json(), 'no JSON: {"id": "chatcmpl-0"'),
    (chat_server.Reply(b""), r"no JSON: \(nothing\)"),
    (chat_server.Reply(b'"\xff"'), "without choices"),
    (chat_server.Reply(b"[" * 100_000), "no JSON: \\["),
    (
      chat_server.not_json(),
      "^a page, .*: <!doctype html><title>",
    ),
    (chat_server.empty_choices(), "without choices"),
    (completion("x", choices=None), "without choices"),
    (completion("x", choices=[None]), "without choices"),
    (completion("x", choices={"0": "x"}), "without choices"),
    (completion("x", choices="x"), "without choices"),
    (message("x", message="x"), "without choices"),
    (chat_server.Reply(b"[]"), "without choices"),
    (chat_server.Reply(b'{"error": {"message": "busy"}}'), "^busy$"),
    (
      chat_server.Reply(b'{"error": "no model is loaded"}'),
      "^no model is load",
    ),
    (
      chat_server.Reply(b'{"error": {"message": "Wait.", "code": 429}}'),
      "^429: Wait.$",
    ),
    (_plain(501, b"<p>Not\nhere</p>"), "^501: <p>Not here</p>$"),
    (message(3), "no text: 3"),
  ],
)
def test_failures_may_pass(
  line: Line, sent: chat_server.Reply, error: str
) -> None:
  failure = _failure(line, script(sent))
  assert re.search(error, str(failure))
  assert failure.retry_after == 0.0
  assert line.call(script("fine")).answer == "fine"


@pytest.mark.parametrize(
  ("header", "seconds"),
  [
    *((7, 7.0), (0.05, 0.05), (150, 150.0), ("inf", 600.0), (1e9, 600.0)),
    *((-1, 0.0), (0, 0.0), ("nan", 0.0), ("soon", 0.0), ("", 0.0)),
  ],
)
def test_retry_after_in_seconds(
  line: Line, header: float | str, seconds: float
) -> None:
  answer = script(chat_server.rate_limited(header))
  assert _failure(line, answer).retry_after == seconds


@pytest.mark.parametrize(
  ("offset", "least", "most"), [(300, 100, 300), (-9, 0, 0)]
)
def test_retry_after_as_a_date(
  line: Line, offset: float, least: float, most: float
) -> None:
  date = formatdate(time.time() + offset, usegmt=True)
  failure = _failure(line, script(chat_server.rate_limited(date)))
  assert least <= failure.retry_after <= most


def _call_briefly(model: Model) -> None:
  async def call() -> None:
    sampling = dataclasses.replace(SAMPLING, timeout=0.2)
    endpoint = Endpoint(model, "none", sampling)
    try:
      await endpoint.call(question_for(model))
    finally:
      await endpoint.close()

  start = time.monotonic()
  with pytest.raises(FailedCallError, match=r"^no answer within 0\.2 s \("):
    asyncio.run(call())
  assert 0.15 < time.monotonic() - start < 30


def test_a_slow_answer_is_a_failure() -> None:
  with ChatServer(script(slow("never", 60))) as server:
    _call_briefly(model_at(server))


class _Trickle(socketserver.StreamRequestHandler):
  """A byte now and then, as of proxies that keep a connection alive."""

  def handle(self) -> None:
    self.connection.recv(1 << 16)
    head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    self.wfile.write(f"{head}Content-Length: 99999\r\n\r\n".encode())
    with contextlib.suppress(OSError):
      while True:
        self.wfile.write(b" ")
        time.sleep(0.05)


def test_an_answer_that_never_ends_is_a_failure() -> None:
  with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Trickle) as server:
    threading.Thread(target=server.serve_forever, args=(0.02,)).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    _call_briefly(Model("m", url))
    server.shutdown()


def test_a_failure_does_not_repeat_the_key(line: Line) -> None:
  failure = _failure(line, quoting(500))
  assert line.server.requests[-1].key == KEY
  assert "Not with ***. (***)long" in str(failure)


@pytest.mark.parametrize(
  ("answer", "detail"),
  [
    (script(chat_server.unauthorized()), "401.*Incorrect API key provided"),
    (script(chat_server.not_found()), "404.*The model does not exist"),
    (script(bad_request("Odd.")), "400: Odd.; --llm_extra adds"),
    (
      script(bad_request("The maximum context length is 2048 tokens.")),
      "400: .*; a smaller --llm_max_answer",
    ),
    (
      script(
        chat_server.Reply(b'{"error": {"message": "No key.", "code": "401"}}')
      ),
      "401: No key.; see that its name, key",
    ),
    (script(_plain(301, b"")), "301"),
    (script(_plain(405, b"no")), "405"),
    (quoting(401), r"Not with \*\*\*\. \(\*\*\*\)long"),
    (
      script(
        chat_server.Reply(
          b'{"error": {"code": "insufficient_quota", "message": "Pay."}}', 429
        )
      ),
      "429.*Pay",
    ),
  ],
)
def test_a_refusal_is_one_line_for_the_user(
  line: Line, answer: Answer, detail: str
) -> None:
  with pytest.raises(UserError) as caught:
    line.call(answer)
  error = str(caught.value)
  assert error.startswith(f"some/model at {line.server.base_url} refuses: ")
  assert re.search(detail, error) and error.endswith("go on with --resume")
  assert "\n" not in error and len(error) < 1000
  assert KEY not in "".join(traceback.format_exception(caught.value))
