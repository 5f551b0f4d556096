# expect: INVALID parser
async def activation(x):
  return x
