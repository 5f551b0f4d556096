# slot 93, value 0.526 in the search;
# 0.493 on new seeds, 0.493 on fresh@2/64/0, 0.446 on heldout@2/64/0.
import jax
import jax.numpy as jnp

def activation(x):
    shift = -0.409
    scale = 0.7573
    shift_2 = 0.03369
    return (x + shift) * jax.nn.sigmoid(scale * x + shift_2)
