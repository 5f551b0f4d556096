# expect: INVALID parser
if __name__ == '__main__':

  def activation(x):
    return x
