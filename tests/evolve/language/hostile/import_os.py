# expect: INVALID parser
import os


def activation(x):
  os.system('touch /tmp/owned')
  return x
