"""Requests take the form that a server knows, as its refusals tell."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from evolve.proposers.llm.calls import Question
from evolve.proposers.llm.client_config import Sampling
from evolve.proposers.llm.request_form import is_too_long, read_extra
from harness.core.errors import UserError
from tests.evolve.proposers.llm.calling import Line
from tests.evolve.proposers.llm.chat_server import (
  Reply,
  Request,
  bad_request,
  streamed,
)

_SAMPLING = Sampling(temperature=0.7, max_tokens=4096, timeout=60.0)
_PROMPT = [
  {"role": "system", "content": "Be brief."},
  {"role": "user", "content": "hello"},
]
Body = dict[str, Any]


def _azure(body: Body) -> Reply | str:
  if "max_tokens" not in body:
    return "fine"
  return bad_request(
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
    "'max_completion_tokens' instead.",
    "unsupported_parameter",
    "max_tokens",
  )


def _old_server(body: Body) -> Reply | str:
  if "max_completion_tokens" not in body:
    return "fine"
  return bad_request("max_completion_tokens: Extra inputs are not permitted")


def _fixed_temperature(body: Body) -> Reply | str:
  if body.get("temperature", 1) == 1:
    return "fine"
  return bad_request(
    "Unsupported value: 'temperature' does not support 0.7 with this model. "
    "Only the default (1) value is supported."
  )


def _no_system_role(body: Body) -> Reply | str:
  if all(message["role"] != "system" for message in body["messages"]):
    return "fine"
  return bad_request("System role not supported")


def _stream_only(body: Body) -> Reply | str:
  if not body.get("stream"):
    return bad_request(
      "This model only support stream mode, please enable the stream parameter "
      "to access the model."
    )
  if "stream_options" in body:
    return bad_request("Unknown field: stream_options")
  return streamed("fine")


def _narrow(body: Body) -> Reply | str:
  if body["max_tokens"] <= 1024:
    return "fine"
  return bad_request(
    f"max_tokens is too large: {body['max_tokens']}. This model supports at "
    "most 1500 completion tokens."
  )


def _demanding(body: Body) -> Reply | str:
  """Refuses one thing after the other."""
  replies = (_azure(body), _fixed_temperature(body), _no_system_role(body))
  return next((r for r in replies if r != "fine"), "fine")


@pytest.mark.parametrize(
  ("judge", "refusals", "changes"),
  [
    (_azure, 1, {"max_tokens": None, "max_completion_tokens": 4096}),
    (_fixed_temperature, 1, {"temperature": None}),
    (
      _no_system_role,
      1,
      {"messages": [{"role": "user", "content": "Be brief.\n\nhello"}]},
    ),
    (_stream_only, 2, {"stream": True}),
    (_narrow, 2, {"max_tokens": 1024}),
    (
      _demanding,
      3,
      {
        "max_tokens": None,
        "max_completion_tokens": 4096,
        "temperature": None,
        "messages": [{"role": "user", "content": "Be brief.\n\nhello"}],
      },
    ),
  ],
)
def test_a_refusal_that_names_a_field_changes_it_for_good(
  log: list[str],
  judge: Callable[[Body], Reply | str],
  refusals: int,
  changes: Body,
) -> None:
  def answer(request: Request) -> Reply | str:
    return judge(request.body)

  with Line(_SAMPLING) as line:
    question = Question(0, 0, "digest", _PROMPT, line.model)
    assert line.call(answer, question).answer == "fine"
    assert len(log) == refusals
    assert line.call(answer, question).answer == "fine"
    bodies = [request.body for request in line.server.requests]
  assert len(bodies) == refusals + 2  # The second call is not refused.
  assert len(log) == refusals
  expected = bodies[0] | changes
  expected = {name: v for name, v in expected.items() if v is not None}
  assert bodies[-2:] == [expected] * 2


def test_a_form_that_was_refused_does_not_come_again() -> None:
  def answer(request: Request) -> Reply | str:
    name = next(name for name in request.body if name.startswith("max_"))
    return bad_request(f"Unknown field: {name}")

  with Line(_SAMPLING) as line:
    with pytest.raises(UserError, match="Unknown field: max_completion_tokens"):
      line.call(answer)
    assert len(line.server.requests) == 2


def test_openai_is_asked_in_its_own_words_first(
  monkeypatch: pytest.MonkeyPatch,
) -> None:
  monkeypatch.setattr("evolve.proposers.llm.models.Model.is_openai", True)
  with Line(_SAMPLING) as line:
    line.call(lambda request: _old_server(request.body))
    names = [set(request.body) for request in line.server.requests]
  common = {"model", "messages", "temperature"}
  assert names == [common | {"max_completion_tokens"}, common | {"max_tokens"}]


def test_extra_fields_are_sent_as_they_are() -> None:
  extra = {"enable_thinking": False, "chat_template_kwargs": {"a": [1, None]}}
  text = json.dumps(extra)
  with Line(Sampling(extra=read_extra(text))) as line:
    line.call(lambda request: "fine")
    (request,) = line.server.requests
  assert {name: request.body[name] for name in extra} == extra


@pytest.mark.parametrize(
  ("text", "said"),
  [
    ("{enable_thinking: false}", "takes a JSON object, as in"),
    ("[1]", "takes a JSON object, as in"),
    ("", "takes a JSON object, as in"),
    ('{"max_tokens": 9}', "max_tokens is set by --llm_max_answer"),
    ('{"temperature": 0}', "temperature is set by --llm_temperature"),
    ('{"messages": []}', "messages is set by the search itself"),
  ],
)
def test_other_extra_is_refused(text: str, said: str) -> None:
  with pytest.raises(UserError, match=f"--llm_extra.*{said}"):
    read_extra(text)


@pytest.mark.parametrize(
  "words",
  [
    "This model's maximum context length is 2048 tokens.",
    "max_tokens is too large: 9999. This model supports at most 4096",
    "max_tokens: 16384 > 4096, which is the maximum allowed number",
    "Range of max_tokens should be [1, 8192]",
    "`max_tokens` must be less than or equal to `8192`",
    "the request exceeds the available context size",
  ],
)
def test_refusals_of_length_are_known(words: str) -> None:
  assert is_too_long(words)
