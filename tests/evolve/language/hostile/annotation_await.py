# expect: INVALID parser
async def activation(x: (await x)):
  return x
