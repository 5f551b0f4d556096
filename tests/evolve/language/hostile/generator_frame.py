# expect: INVALID parser
def activation(x):
  return (y for y in (x, x)).gi_frame.f_back.f_globals
