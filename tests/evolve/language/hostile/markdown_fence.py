# expect: INVALID parser
```python
def activation(x):
  return x
```
