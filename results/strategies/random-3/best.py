# slot 269, value 0.486 in the search;
# 0.500 on new seeds, 0.475 on fresh@2/64/0, 0.328 on heldout@2/64/0.
import jax
import jax.numpy as jnp

def activation(x):
    scale = 0.3927
    return x * jax.nn.sigmoid(scale * x)
