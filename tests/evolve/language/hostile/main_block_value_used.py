# expect: INVALID parser
if __name__ == '__main__':
  y = 1


def activation(x):
  return x + y
