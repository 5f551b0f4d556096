# slot 12, value 0.475 in the search;
# 0.458 on new seeds, 0.433 on fresh@2/64/0, 0.415 on heldout@2/64/0.
import jax
import jax.numpy as jnp

def activation(x):
    amplitude = 0.04781
    frequency = 0.5235
    return jax.nn.hard_swish(x) + amplitude * jnp.sin(frequency * x)
