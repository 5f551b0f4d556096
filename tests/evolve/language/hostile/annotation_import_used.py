# expect: INVALID parser
import os


def activation(x: os.PathLike):
  os.system('touch /tmp/owned')
  return x
