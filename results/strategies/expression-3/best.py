# slot 145, value 0.500 in the search;
# 0.489 on new seeds, 0.467 on fresh@2/64/0, 0.383 on heldout@2/64/0.
import jax
import jax.numpy as jnp

def activation(x):
    scale = 0.2768
    frequency = 0.8581
    scale_2 = 0.7876
    shift = -0.3777
    term = x - scale * jnp.square(jnp.sin(frequency * x))
    return term * jax.nn.sigmoid(scale_2 * x + shift)
