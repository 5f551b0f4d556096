# expect: INVALID parser
def activation(x):
  return x


if __name__ == '__main__' or print('hello'):
  pass
