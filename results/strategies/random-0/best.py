# slot 216, value 0.499 in the search;
# 0.485 on new seeds, 0.460 on fresh@2/64/0, 0.361 on heldout@2/64/0.
import jax
import jax.numpy as jnp

def activation(x):
    scale = 0.7452
    shift = 0.8896
    scale_2 = 0.5776
    return jnp.minimum(scale * x, x + shift) * jax.nn.sigmoid(scale_2 * x)
