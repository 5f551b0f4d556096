# expect: INVALID parser
def activation(x):
  return open('/etc/passwd').read()
