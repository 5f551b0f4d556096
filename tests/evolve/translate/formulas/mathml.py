"""Presentation MathML read back as Python, by the rules that readers know."""

from xml.etree import ElementTree

_SPACE = "{http://www.w3.org/1998/Math/MathML}"
_BRACKETS = {"(": ")", "|": "||", "⌊": "⌋", "⌈": "⌉"}
_FUNCTIONS = {"(": "", "|": "abs", "⌊": "floor", "⌈": "ceil"}
_RELATIONS = {"≤": "<=", "≥": ">=", "=": "==", "≠": "!=", "<": "<", ">": ">"}
_AND, _OR, _MINUS = "\N{LOGICAL AND}", "\N{LOGICAL OR}", "\N{MINUS SIGN}"
_ENDS = {"+", _MINUS, ",", _AND, _OR, *_RELATIONS, *_BRACKETS.values()}
_CONSTANTS = {"x": "x", "π": "pi", "e": "E"}


def python(mathml: str) -> str:
  """The Python expression that a `math` element shows.

  Raises:
    ValueError: if it can be read in several ways, or not at all.
  """
  return _whole(ElementTree.fromstring(mathml))


def _whole(element: ElementTree.Element) -> str:
  row = _Row(element)
  expression = row.disjunction()
  if row.nodes:
    raise ValueError(f"unread: {[node.tag for node in row.nodes]}")
  return expression


class _Row:
  """Signs side by side; groups that show no brackets are none."""

  def __init__(self, element: ElementTree.Element):
    self.nodes = list(_flat(element))

  def peek(self) -> str:
    """The next sign; "" at the end, and for what has parts."""
    if not self.nodes:
      return ""
    sign = (self.nodes[0].text or "").strip()
    # A bar that closes, by the space around it.
    closes = sign == "|" and self.nodes[0].get("form") == "postfix"
    return "||" if closes else sign

  def take(self, *signs: str) -> bool:
    if self.peek() in signs and self.nodes:
      self.nodes.pop(0)
      return True
    return False

  def expect(self, sign: str) -> None:
    if not self.take(sign):
      raise ValueError(f"no {sign} but {self.peek()!r}")

  def disjunction(self) -> str:
    terms = [self.conjunction()]
    while self.take(_OR):
      terms.append(self.conjunction())
    return " or ".join(terms)

  def conjunction(self) -> str:
    terms = [self.comparison()]
    while self.take(_AND):
      terms.append(self.comparison())
    return " and ".join(terms)

  def comparison(self) -> str:
    if self.take("¬"):
      return f"not {self.factor()}"
    left = self.sum()
    relation = self.peek()
    if relation not in _RELATIONS:
      return left
    self.expect(relation)
    return f"{left} {_RELATIONS[relation]} {self.sum()}"

  def sum(self) -> str:
    text = "-" if self.take(_MINUS) else ""
    text += self.product()
    while self.peek() in ("+", _MINUS) and self.nodes:
      sign = "+" if self.take("+") else "-"
      self.take(_MINUS)
      text += f" {sign} {self.product()}"
    return text

  def product(self) -> str:
    factors = [self.factor()]
    while self.nodes and self.peek() not in _ENDS:
      self.take("·")
      factors.append(self.factor())
    return " * ".join(factors)

  def factor(self) -> str:
    sign = self.peek()
    if sign in _BRACKETS and self.nodes:
      self.expect(sign)
      inside = self.disjunction()
      self.expect(_BRACKETS[sign])
      return f"{_FUNCTIONS[sign]}({inside})"
    if not self.nodes:
      raise ValueError("a factor is missing")
    if self.take("{"):
      return self.cases()
    node = self.nodes.pop(0)
    match node.tag.removeprefix(_SPACE), list(node):
      case "mn", _:
        return sign
      case "mi", _:
        return _CONSTANTS[sign] if sign in _CONSTANTS else self.call(sign)
      case "mfrac", [above, below]:
        return f"(({_whole(above)}) / ({_whole(below)}))"
      case "msub", [base, index]:
        return self.call(f"{base.text}{''.join(index.itertext())}")
      case "msqrt", _:
        return f"sqrt({_whole(node)})"
      case "msup", [base, exponent]:
        power = _whole(exponent)
        name = (base.text or "").strip()
        if base.tag.endswith("mi") and name not in _CONSTANTS:
          return f"({self.call(name)} ** ({power}))"
        inner = _Row(base)
        if not list(base) and base.text:
          inner.nodes = [base]
        text = inner.factor()
        if inner.nodes:
          raise ValueError("a power of several factors")
        return f"({text} ** ({power}))"
    raise ValueError(f"unknown: {node.tag}")

  def call(self, name: str) -> str:
    self.expect("(")
    arguments = [self.sum()]
    while self.take(","):
      arguments.append(self.sum())
    self.expect(")")
    return f"{name}({', '.join(arguments)})"

  def cases(self) -> str:
    """Cases end a formula, or a part in brackets: else what follows is lost."""
    table = self.nodes.pop(0)
    if self.nodes and self.peek() not in (")", ","):
      raise ValueError(f"cases followed by {self.peek()!r}")
    text = ""
    for value, condition in table:
      row = _Row(condition)
      if row.take("for"):
        text += f"({_whole(value)}) if {row.disjunction()} else "
      else:
        row.expect("otherwise")
        text += f"({_whole(value)})"
    return f"({text})"


def _flat(element: ElementTree.Element):
  for child in element:
    tag = child.tag.removeprefix(_SPACE)
    if tag == "mrow":
      yield from _flat(child)
    elif tag != "mspace":
      yield child
