# expect: INVALID parser
def activation(x):
  raise SystemExit(0)
