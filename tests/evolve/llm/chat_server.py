"""A chat-completions server on loopback that misbehaves on demand.

  with ChatServer(script(rate_limited(0.5), "def activation(x): ...")) as server:
    ask(server.base_url)
  assert len(server.requests) == 2

It speaks OpenAI's protocol without streaming, which gets a 400.
"""

import dataclasses
import json
import socket
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Self

MODEL = "loopback"  # What GET /v1/models lists; any other is served too.


@dataclasses.dataclass(frozen=True)
class Request:
  """One well-formed chat request, as it came."""

  number: int  # 0, 1, 2... in order of arrival.
  model: str
  messages: list[dict[str, Any]]
  key: str | None  # What follows "Bearer " in the authorization header.
  body: dict[str, Any]  # All of the JSON: temperature, max_tokens and so on.
  time: float  # time.monotonic() on arrival.

  @property
  def prompt(self) -> str:
    """The text of the last user message; empty if there is none."""
    users = [m for m in self.messages if m.get("role") == "user"]
    return _text(users[-1]) if users else ""


@dataclasses.dataclass(frozen=True)
class Reply:
  """What a request gets; `dataclasses.replace` combines misbehaviours."""

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
  assert replies
  return lambda request: replies[min(request.number, len(replies) - 1)]


def by_prompt(answer: Callable[[str], Reply | str]) -> Answer:
  return lambda request: answer(request.prompt)


def ordinary(text: str) -> Reply:
  """What a plain str stands for."""
  return _completion(text)


def cut(text: str) -> Reply:
  """The token limit stopped the model."""
  return _completion(text, finish_reason="length")


def refusal(text: str) -> Reply:
  return _completion(None, refused=text)


def null_content() -> Reply:
  return _completion(None)


def empty_choices() -> Reply:
  return _completion(None, choices=False)


def without_usage(text: str) -> Reply:
  return _completion(text, usage=False)


def huge(num_bytes: int) -> Reply:
  """An ordinary reply whose content has that many bytes."""
  return ordinary("x" * num_bytes)


def truncated_json() -> Reply:
  """An ordinary reply ends too early, with a Content-Length that fits."""
  return Reply(b'{"id": "chatcmpl-0", "choices": [{"message": {"content": "de')


def not_json() -> Reply:
  """A page, with status 200, as from a proxy."""
  page = b"<!doctype html><title>Sign in</title><p>Please sign in.\n"
  return Reply(page, content_type="text/html; charset=utf-8")


def slow(reply: Reply | str, seconds: float) -> Reply:
  return dataclasses.replace(_as_reply(reply), seconds=seconds)


def dropped(midway: bool = False) -> Reply:
  """Closes the connection before any header, or halfway through the body."""
  drop: Literal["at once", "midway"] = "midway" if midway else "at once"
  return dataclasses.replace(ordinary("never complete"), drop=drop)


def rate_limited(retry_after: float | str | None = None) -> Reply:
  """Retry-After is in seconds, an HTTP date as a str, or left out."""
  reply = _failure(
    429, "Rate limit reached.", "requests", "rate_limit_exceeded"
  )
  if retry_after is None:
    return reply
  return dataclasses.replace(reply, retry_after=str(retry_after))


def server_error() -> Reply:
  return _failure(500, "The server had an error.", "server_error", None)


def unauthorized() -> Reply:
  return _failure(401, "Incorrect API key provided.", code="invalid_api_key")


def not_found() -> Reply:
  return _failure(404, "The model does not exist.", code="model_not_found")


def bad_request(message: str) -> Reply:
  return _failure(400, message)


class ChatServer:
  """Serves on 127.0.0.1 while its context lasts.

  What `answer` raises is a 500 to the client, and raised again on exit.
  With a `required_key`, requests without it get a 401.
  """

  def __init__(
    self,
    answer: Answer,
    *,
    delay: float = 0.0,  # Seconds of work for each request.
    required_key: str | None = None,
  ):
    self._http = _Http(answer, delay, required_key)
    self.base_url = f"http://127.0.0.1:{self._http.server_address[1]}/v1"
    self._thread = threading.Thread(
      target=self._http.serve_forever, args=(0.02,), daemon=True
    )

  @property
  def requests(self) -> list[Request]:
    """All chat requests so far in order of arrival, a copy."""
    with self._http.lock:
      return self._http.requests.copy()

  @property
  def max_concurrent(self) -> int:
    """The most requests ever in work at once: read, and not yet answered."""
    return self._http.max_concurrent

  def __enter__(self) -> Self:
    self._thread.start()
    return self

  def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
    self._http.stop()
    self._thread.join()
    if kind is None and self._http.errors:
      raise self._http.errors[0]


class _Http(ThreadingHTTPServer):
  request_queue_size = 128  # No connection waits for a second SYN.

  def __init__(self, answer: Answer, delay: float, required_key: str | None):
    super().__init__(("127.0.0.1", 0), _Handler)
    self.answer, self.delay, self.required_key = answer, delay, required_key
    self.lock = threading.Lock()
    self.requests: list[Request] = []
    self.errors: list[BaseException] = []
    self.closing = threading.Event()
    self.max_concurrent = self._concurrent = 0
    self._connections: set[Any] = set()
    self._changed = threading.Condition(self.lock)

  def begin(self, body: Any, key: str | None) -> Request | None:
    """Records a request and that it is in work; None if it is malformed."""
    match body:
      case {"model": str(model), "messages": [_, *_] as messages} if (
        not body.get("stream") and all(isinstance(m, dict) for m in messages)
      ):
        with self.lock:
          self._concurrent += 1
          self.max_concurrent = max(self.max_concurrent, self._concurrent)
          now, number = time.monotonic(), len(self.requests)
          request = Request(number, model, messages, key, body, now)
          self.requests.append(request)
          return request
    return None

  def work(self, request: Request) -> Reply | None:
    """The reply when it is due; None if the server closes before."""
    try:
      reply = unauthorized()
      if self.required_key in (None, request.key):
        reply = _as_reply(self.answer(request))
      closed = self.closing.wait(self.delay + reply.seconds)
    except BaseException as error:  # Those of pytest are no Exceptions.
      self.errors.append(error)
      return server_error()
    finally:
      with self.lock:  # Before the client can know and send another.
        self._concurrent -= 1
    return None if closed else reply

  def process_request(self, request: Any, client_address: Any) -> None:
    with self.lock:
      self._connections.add(request)
    super().process_request(request, client_address)

  def shutdown_request(self, request: Any) -> None:
    super().shutdown_request(request)
    with self._changed:
      self._connections.discard(request)
      self._changed.notify_all()

  def handle_error(self, request: Any, client_address: Any) -> None:
    error = sys.exception()
    if error and not isinstance(error, OSError):  # Else the client has left.
      self.errors.append(error)

  def stop(self) -> None:
    """Closes all connections; waits for their threads, five seconds at most."""
    self.closing.set()
    self.shutdown()
    self.server_close()
    with self._changed:
      for connection in self._connections:
        try:
          connection.shutdown(socket.SHUT_RDWR)
        except OSError:  # The client was faster.
          continue
      self._changed.wait_for(lambda: not self._connections, 5.0)


class _Handler(BaseHTTPRequestHandler):
  server: _Http
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
    try:
      body = json.loads(raw)
    except ValueError:
      body = None
    request = self.server.begin(body, key if scheme == "Bearer" else None)
    if request is None:
      wanted = "JSON with model and messages, without stream, is required."
      return self._send(bad_request(wanted))
    if reply := self.server.work(request):
      self._send(reply, request)
    else:
      self.close_connection = True

  def _send(self, reply: Reply, request: Request | None = None) -> None:
    if reply.drop != "never":
      self.close_connection = True
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


def _completion(
  text: str | None,
  *,
  refused: str | None = None,
  finish_reason: str = "stop",
  choices: bool = True,
  usage: bool = True,
) -> Reply:
  message = {"role": "assistant", "content": text, "refusal": refused}
  choice = {"index": 0, "message": message, "finish_reason": finish_reason}

  def body(request: Request) -> bytes:
    read = _tokens("".join(map(_text, request.messages)))
    written = _tokens(text or refused or "")
    value = {
      "id": f"chatcmpl-{request.number}",
      "object": "chat.completion",
      "created": 1_700_000_000,  # Equal requests get equal bytes.
      "model": request.model,
      "choices": [choice] if choices else [],
    }
    if usage:
      value["usage"] = {
        "prompt_tokens": read,
        "completion_tokens": written,
        "total_tokens": read + written,
      }
    return _json(value)

  return Reply(body)


def _failure(
  status: int,
  message: str,
  kind: str = "invalid_request_error",
  code: str | None = None,
) -> Reply:
  error = {"message": message, "type": kind, "param": None, "code": code}
  return Reply(_json({"error": error}), status)


def _as_reply(reply: Reply | str) -> Reply:
  return ordinary(reply) if isinstance(reply, str) else reply


def _json(value: Any) -> bytes:
  return json.dumps(value).encode()


def _tokens(text: str) -> int:
  return len(text) // 4 + 1


def _text(message: dict[str, Any]) -> str:
  """Its content, which is a str, a list of parts or null."""
  content = message.get("content") or ""
  if isinstance(content, str):
    return content
  return "".join(part.get("text", "") for part in content)
