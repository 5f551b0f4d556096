# expect: OVER_BUDGET probe
def activation(x):
  y = x
  for _ in range(40):
    y = jnp.concatenate([y, y])
  return x + y.mean()
