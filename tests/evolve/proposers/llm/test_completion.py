"""Answers are found in responses, however servers bend the protocol."""

import json
from typing import Any

import pytest

from evolve.proposers.llm import completion
from evolve.proposers.llm.calls import CUT, REFUSED, Reply
from evolve.proposers.llm.failures import ServerError


def _response(content: Any, finish: str = "stop", **changes: Any) -> str:
  message = {"role": "assistant", "content": content} | changes
  choice = {"index": 0, "message": message, "finish_reason": finish}
  usage = {"prompt_tokens": 7, "completion_tokens": 3}
  return json.dumps({"choices": [choice], "usage": usage})


def _read(content: Any, finish: str = "stop", **changes: Any) -> Reply:
  return completion.read(_response(content, finish, **changes))


def _error(text: str) -> ServerError:
  with pytest.raises(ServerError) as caught:
    completion.read(text)
  return caught.value


def test_parts_of_text_are_joined_and_thoughts_left_out() -> None:
  parts = [
    {"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]},
    {"type": "text", "text": "x * "},
    {"type": "image_url", "image_url": {"url": "data:"}},
    {"type": "text", "text": "x"},
  ]
  assert _read(parts) == Reply("x * x", "stop", None, 7, 3)
  assert _read([]).answer == ""


@pytest.mark.parametrize(
  ("finish", "reason"),
  [
    ("length", CUT),
    ("MAX_TOKENS", CUT),
    ("model_length", CUT),
    ("content_filter", REFUSED),
    ("eos", "eos"),
  ],
)
def test_ends_have_one_name(finish: str, reason: str) -> None:
  assert _read("x", finish).finish_reason == reason


def test_thoughts_beside_the_content_are_no_answer() -> None:
  reply = _read(None, "length", reasoning_content="Let me think.")
  assert reply == Reply("", CUT, None, 7, 3)


def test_a_stream_is_read_as_its_sum() -> None:
  def chunk(**changes: Any) -> str:
    return f"data: {json.dumps(changes)}\n\n"

  def piece(content: Any, finish: str | None = None) -> str:
    delta = {"delta": {"content": content}, "finish_reason": finish}
    return chunk(choices=[delta])

  start = ": keep alive\n\nevent: message\n" + piece(None) + piece("x *")
  usage = chunk(choices=[], usage={"prompt_tokens": 7, "completion_tokens": 3})
  end = "data: [DONE]\n\n"
  text = start + piece(" x", "length") + usage + end
  assert completion.read(text) == Reply("x * x", CUT, None, 7, 3)
  # Of the end and its mark, servers leave out one.
  assert completion.read(start + end) == Reply("x *")
  assert completion.read(start + piece("", "stop")) == Reply("x *", "stop")
  assert "broke off" in str(_error(start))
  failed = _error(start + chunk(error={"message": "Busy.", "code": 503}) + end)
  assert str(failed) == "503: Busy."


@pytest.mark.parametrize(
  ("body", "said"),
  [
    ({"error": {"message": "Later.", "code": 429}}, "429: Later."),
    ({"error": {"message": "Later.", "code": "429"}}, "429: Later."),
    ({"error": {"message": "Later.", "code": "rate_limit"}}, "Later."),
    ({"error": "model is loading"}, "model is loading"),
    ({"detail": "Not Found"}, "Not Found"),
    ({"object": "error", "message": "No.", "code": 40}, "No."),
    (
      {
        "error": {
          "message": "Provider returned error",
          "code": 400,
          "metadata": {"raw": "bad temperature"},
        }
      },
      "400: Provider returned error (bad temperature)",
    ),
    (
      {"choices": [{"error": {"message": "Gone.", "code": 502}}]},
      "502: Gone.",
    ),
    ({"error": {"type": "odd"}}, '{"error": {"type": "odd"}}'),
    ({"id": "1"}, 'an answer without choices: {"id": "1"}'),
  ],
)
def test_an_error_behind_status_200_keeps_its_words_and_code(
  body: Any, said: str
) -> None:
  assert str(_error(json.dumps(body))) == said


def test_a_page_is_shown() -> None:
  page = "<html><body>It works!</body></html>"
  error = str(_error(page))
  assert error.endswith(f"/v1: {page}") and "not the address" in error
