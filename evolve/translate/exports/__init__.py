"""Programs rewritten as modules of JAX, NumPy and PyTorch."""
