"""A chat-completions server on loopback that misbehaves on demand.

  with ChatServer(script(rate_limited(0.5), "x * x")) as server:
    ask(server.base_url)
  assert len(server.requests) == 2

It speaks OpenAI's protocol, and streams where an answer is `streamed`.
"""

import contextlib
import dataclasses
import json
import socket
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Self

MODEL = "loopback"  # As GET /v1/models lists; any other is served too.


@dataclasses.dataclass(frozen=True)
class Request:
  """One well-formed chat request, as it came."""

  number: int  # 0, 1, 2... in order of arrival.
  model: str
  messages: list[dict[str, Any]]
  key: str | None  # After "Bearer " in the authorization header.
  body: dict[str, Any]  # All of the JSON: temperature, max_tokens and so on.
  time: float  # time.monotonic() on arrival.

  @property
  def prompt(self) -> str:
    """The text of the last user message; empty if there is none."""
    texts = [_text(m) for m in self.messages if m.get("role") == "user"]
    return texts[-1] if texts else ""


@dataclasses.dataclass(frozen=True)
class Reply:
  """A response; `dataclasses.replace` combines misbehaviours."""

  body: bytes | Callable[[Request], bytes]
  status: int = 200
  content_type: str = "application/json"
  retry_after: str | None = None
  seconds: float = 0.0  # Until anything is sent, beside the server's delay.
  # The connection closes before the headers, or halfway through the body.
  drop: Literal["never", "at once", "midway"] = "never"


Answer = Callable[[Request], Reply | str]


def script(*replies: Reply | str) -> Answer:
  """Gives the replies in order of arrival, then the last one for ever."""
  return lambda request: replies[min(request.number, len(replies) - 1)]


def by_prompt(answer: Callable[[str], Reply | str]) -> Answer:
  return lambda request: answer(request.prompt)


def completion(
  text: str | None,
  *,
  refused: str | None = None,
  finish: str = "stop",
  **changes: Any,
) -> Reply:
  """An ordinary answer but for `changes`, where None leaves a field out."""
  message = {"role": "assistant", "content": text, "refusal": refused}

  def body(request: Request) -> bytes:
    read = _tokens("".join(map(_text, request.messages)))
    written = _tokens(text or refused or "")
    value = {
      "id": f"chatcmpl-{request.number}",
      "object": "chat.completion",
      "created": 1_700_000_000,  # Equal requests get equal bytes.
      "model": request.model,
      "choices": [{"index": 0, "message": message, "finish_reason": finish}],
      "usage": {
        "prompt_tokens": read,
        "completion_tokens": written,
        "total_tokens": read + written,
      },
    } | changes
    return _json({k: v for k, v in value.items() if v is not None})

  return Reply(body)


def streamed(text: str, *, finish: str | None = "stop") -> Reply:
  """The same in pieces of a few characters; one that breaks off has no end."""

  def body(request: Request) -> bytes:
    pieces = [text[i : i + 7] for i in range(0, len(text), 7)]
    choices = [{"index": 0, "delta": {"content": p}} for p in pieces]
    chunks: list[Any] = [{"choices": [choice]} for choice in choices]
    if finish:
      last = {"index": 0, "delta": {}, "finish_reason": finish}
      usage = {"prompt_tokens": 7, "completion_tokens": _tokens(text)}
      chunks += [{"choices": [last]}, {"choices": [], "usage": usage}]
    lines = [b"data: " + _json(chunk) for chunk in chunks]
    return b"\n\n".join([*lines, *([b"data: [DONE]"] if finish else []), b""])

  return Reply(body, content_type="text/event-stream")


def cut(text: str) -> Reply:
  """The token limit stopped the model."""
  return completion(text, finish="length")


def refusal(text: str) -> Reply:
  return completion(None, refused=text)


def null_content() -> Reply:
  return completion(None)


def empty_choices() -> Reply:
  return completion(None, choices=[])


def without_usage(text: str) -> Reply:
  return completion(text, usage=None)


def huge(num_bytes: int) -> Reply:
  """An ordinary reply whose content has that many bytes."""
  return completion("x" * num_bytes)


def truncated_json() -> Reply:
  """JSON that ends too early, though Content-Length fits it."""
  return Reply(b'{"id": "chatcmpl-0", "choices": [{"message": {"content": "x')


def not_json() -> Reply:
  """A page, with status 200, as from a proxy."""
  return Reply(
    b"<!doctype html><title>Sign in</title>", content_type="text/html"
  )


def slow(reply: Reply | str, seconds: float) -> Reply:
  return dataclasses.replace(_as_reply(reply), seconds=seconds)


def dropped(midway: bool = False) -> Reply:
  """Closes the connection before any header, or halfway through the body."""
  reply = completion("never complete")
  return dataclasses.replace(reply, drop="midway" if midway else "at once")


def rate_limited(retry_after: float | str | None = None) -> Reply:
  """Retry-After is in seconds, an HTTP date as a str, or left out."""
  reply = _failure(
    429, "Rate limit reached.", "requests", "rate_limit_exceeded"
  )
  after = None if retry_after is None else str(retry_after)
  return dataclasses.replace(reply, retry_after=after)


def server_error() -> Reply:
  return _failure(500, "The server had an error.", "server_error")


def unauthorized() -> Reply:
  return _failure(401, "Incorrect API key provided.", code="invalid_api_key")


def not_found() -> Reply:
  return _failure(404, "The model does not exist.", code="model_not_found")


def bad_request(
  message: str, code: str | None = None, param: str | None = None
) -> Reply:
  return _failure(400, message, code=code, param=param)


def filtered() -> Reply:
  """A content filter refuses the prompt, as that of Azure does."""
  message = "The response was filtered due to the prompt."
  return bad_request(message, "content_filter", "prompt")


class _Handler(BaseHTTPRequestHandler):
  server: "ChatServer"
  protocol_version = "HTTP/1.1"
  disable_nagle_algorithm = True  # Headers and body are sent apart.

  def do_GET(self) -> None:
    if self.path != "/v1/models":
      return self._send(_failure(404, f"Invalid URL (GET {self.path})."))
    models = [{"id": MODEL, "object": "model", "created": 0, "owned_by": "us"}]
    self._send(Reply(_json({"object": "list", "data": models})))

  def do_POST(self) -> None:
    raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
    if self.path != "/v1/chat/completions":
      return self._send(_failure(404, f"Invalid URL (POST {self.path})."))
    scheme, _, key = self.headers.get("Authorization", "").partition(" ")
    request = self.server.begin(raw, key if scheme == "Bearer" else None)
    if request is None:
      self._send(bad_request("Want JSON: model, messages."))
    elif reply := self.server.work(request):
      self._send(reply, request)
    else:
      self.close_connection = True

  def _send(self, reply: Reply, request: Request | None = None) -> None:
    self.close_connection |= reply.drop != "never"
    if reply.drop == "at once":
      return
    body = reply.body
    if not isinstance(body, bytes):
      assert request
      body = body(request)
    self.send_response(reply.status)
    self.send_header("Content-Type", reply.content_type)
    self.send_header("Content-Length", str(len(body)))
    if reply.retry_after is not None:
      self.send_header("Retry-After", reply.retry_after)
    self.end_headers()
    self.wfile.write(body[: len(body) // 2] if reply.drop == "midway" else body)

  def log_message(self, *_: object) -> None:
    """Keeps stderr clean."""


class ChatServer(ThreadingHTTPServer):
  """Serves on 127.0.0.1 while its context lasts.

  What `answer` raises is a 500 to the client, and raised again on exit.
  With a `required_key`, requests without it get a 401.
  """

  request_queue_size = 128  # No connection waits for a second SYN.

  def __init__(
    self,
    answer: Answer,
    *,
    delay: float = 0.0,  # Seconds that any chat request takes.
    required_key: str | None = None,
  ):
    super().__init__(("127.0.0.1", 0), _Handler)
    self.base_url = f"http://127.0.0.1:{self.server_port}/v1"
    # All well-formed ones in order of arrival; even those without the key.
    self.requests: list[Request] = []
    self.max_concurrent = 0  # The most ever read and not yet answered.
    self._answer, self._delay, self._key = answer, delay, required_key
    self._concurrent = 0
    self._errors: list[BaseException] = []
    self._connections: set[Any] = set()
    self._changed = threading.Condition()
    self._closing = threading.Event()

  def __enter__(self) -> Self:
    serve = threading.Thread(target=self.serve_forever, args=(0.02,))
    serve.daemon = True
    serve.start()
    return self

  def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
    self._closing.set()
    self.shutdown()
    self.server_close()
    with self._changed:
      for connection in self._connections:
        with contextlib.suppress(OSError):  # The client was faster.
          connection.shutdown(socket.SHUT_RDWR)
      self._changed.wait_for(lambda: not self._connections, 5.0)
    if kind is None and self._errors:
      raise self._errors[0]

  def begin(self, raw: bytes, key: str | None) -> Request | None:
    """Records a request and that it is in work; None if it is malformed."""
    try:
      body = json.loads(raw)
      model, messages = body["model"], body["messages"]
      if not all(isinstance(m, dict) for m in messages):
        return None
    except (AttributeError, KeyError, TypeError, ValueError):
      return None
    with self._changed:
      self._concurrent += 1
      self.max_concurrent = max(self.max_concurrent, self._concurrent)
      now, number = time.monotonic(), len(self.requests)
      self.requests.append(Request(number, model, messages, key, body, now))
      return self.requests[-1]

  def work(self, request: Request) -> Reply | None:
    """The reply when it is due; None if the server closes before."""
    try:
      reply = unauthorized()
      if self._key in (None, request.key):
        reply = _as_reply(self._answer(request))
      closed = self._closing.wait(self._delay + reply.seconds)
      return None if closed else reply
    except BaseException as error:  # Those of pytest are no Exceptions.
      self._errors.append(error)
      return server_error()
    finally:
      with self._changed:  # Before the client can know and send another.
        self._concurrent -= 1

  def process_request(self, request: Any, client_address: Any) -> None:
    with self._changed:
      self._connections.add(request)
    super().process_request(request, client_address)

  def shutdown_request(self, request: Any) -> None:
    super().shutdown_request(request)
    with self._changed:
      self._connections.discard(request)
      self._changed.notify_all()

  def handle_error(self, request: Any, client_address: Any) -> None:
    error = sys.exception()
    if error and not isinstance(error, OSError):  # Those: the client left.
      self._errors.append(error)


def _failure(
  status: int,
  message: str,
  kind: str = "invalid_request_error",
  code: str | None = None,
  param: str | None = None,
) -> Reply:
  error = {"message": message, "type": kind, "param": param, "code": code}
  return Reply(_json({"error": error}), status)


def _as_reply(reply: Reply | str) -> Reply:
  return completion(reply) if isinstance(reply, str) else reply


def _json(value: Any) -> bytes:
  return json.dumps(value).encode()


def _tokens(text: str) -> int:
  return len(text) // 4 + 1


def _text(message: dict[str, Any]) -> str:
  return message.get("content") or ""
