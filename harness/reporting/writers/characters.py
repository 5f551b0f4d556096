"""Characters that neither a page nor a terminal may get."""

import re

# All but the characters of XML, without the C1 controls. XML's carriage return
# is missing too: on a terminal it lets a line write over itself.
_UNPRINTABLE = re.compile(
  "[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)


def printable(text: str) -> str:
  """The text with � for what no reader can see or no file can hold.

  These are control characters, which steer a terminal and break XML, and the
  surrogates that stand for bytes of file names that are not UTF-8.
  """
  return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)
