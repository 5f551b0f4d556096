# slot 54, value 0.773 in the search, 0.796 on fresh seeds.
import jax
import jax.numpy as jnp

def activation(x):
    scale = 3.074
    term = jax.nn.sigmoid(scale * x) * jax.nn.swish(x)
    return term + jax.nn.sigmoid(-scale * x) * jnp.sin(x)
