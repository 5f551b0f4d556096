# slot 65, value 0.503 in the search;
# 0.489 on new seeds, 0.479 on fresh@2/64/0, 0.437 on heldout@2/64/0.
import jax
import jax.numpy as jnp

def activation(x, beta_1=1.0, beta_2=1.0, beta_3=1.0):
    """scale(sub(scale(x), swish(scale(x))))"""
    return beta_3 * (beta_1 * x - jax.nn.swish(beta_2 * x))
# parameters: channel
