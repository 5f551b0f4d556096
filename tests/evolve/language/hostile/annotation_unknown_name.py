# expect: INVALID parser
def activation(x: np.ndarray):
  return x
