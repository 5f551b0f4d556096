# expect: INVALID parser
def activation():
  return 1.0
