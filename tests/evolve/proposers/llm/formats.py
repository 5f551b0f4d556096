"""Answers in JSON or with marks of chat formats, and the programs in them."""

import json

from tests.evolve.proposers.llm.answers import NOT_FOUND, OTHER, PLAIN, fence

HARMONY = "<|channel|>final<|message|>"
FORMATS = {
  "harmony": (f"{HARMONY}{PLAIN}", PLAIN),
  "harmony_with_its_end": (f"{HARMONY}{PLAIN.strip()}<|return|>", PLAIN),
  "harmony_after_thoughts": (
    f"<|channel|>analysis<|message|>Or\n{OTHER}<|end|><|start|>assistant"
    f"{HARMONY}{PLAIN}",
    PLAIN,
  ),
  "harmony_before_thoughts": (
    f"{HARMONY}{PLAIN}<|end|><|start|>assistant<|channel|>analysis<|message|>\n"
    f"{OTHER}",
    PLAIN,
  ),
  "mark_at_the_end": (f"{PLAIN.strip()}<|im_end|>", PLAIN),
  "kimi": (f"{PLAIN}\n\u25c1think\u25b7\n{OTHER}\u25c1/think\u25b7", PLAIN),
  "json": (json.dumps({"thought": "a ripple", "code": PLAIN}), PLAIN),
  "json_in_a_block": (
    f"So:\n{fence(json.dumps({'code': PLAIN}, indent=1), 'json')}",
    PLAIN,
  ),
  "json_with_a_block_inside": (
    json.dumps({"draft": fence(OTHER), "answer": [{"code": fence(PLAIN)}]}),
    PLAIN,
  ),
  "json_with_line_ends": (f'{{"code": "{PLAIN}"}}', PLAIN),
  "json_beside_the_program": (f'{{"a": "b"}}\n{fence(PLAIN)}', PLAIN),
  "json_that_is_cut_beside_it": (f'{{"a": "b\n{fence(PLAIN)}', PLAIN),
}

REFUSED_FORMATS = {
  "only_analysis": (
    f"<|channel|>analysis<|message|>Say\n{fence(PLAIN)}no, rather",
    NOT_FOUND,
  ),
  "json_without_a_program": ('{"code": "x * x"}', NOT_FOUND),
  "json_that_is_cut": (json.dumps({"code": PLAIN})[:-9], NOT_FOUND),
}
