# expect: INVALID parser
def activation(x):
  if __name__ == '__main__':
    print(x)
  return x
