# expect: INVALID parser
def activation(x):
  return x


if __name__ == '__main__':
  pass
else:
  print('hello')
