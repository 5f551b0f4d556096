# expect: INVALID parser
def activation(x):
  import subprocess
  return x
