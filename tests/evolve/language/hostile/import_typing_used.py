# expect: INVALID parser
import typing


def activation(x):
  return typing.sys.modules['os']
