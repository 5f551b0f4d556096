# expect: INVALID parser
def activation(x):
  match x.ndim:
    case 1:
      return x
    case _:
      return -x
