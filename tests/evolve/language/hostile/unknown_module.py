# expect: INVALID parser
def activation(x):
  return torch.relu(x)
