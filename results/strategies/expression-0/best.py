# slot 232, value 0.508 in the search;
# 0.494 on new seeds, 0.478 on fresh@2/64/0, 0.359 on heldout@2/64/0.
import jax
import jax.numpy as jnp

def activation(x):
    weight = 0.5462
    scale_3 = 0.7409
    amplitude_3 = 0.1615
    frequency_2 = 2.218
    amplitude_4 = 0.1686
    weight_2 = 0.4538
    scale_4 = 0.7462

    def partner(x):
        amplitude = 0.04781
        scale_2 = 0.7409
        amplitude_2 = 0.1615
        frequency = 2.218
        scale = 1.754
        term_2 = amplitude * jnp.sin(jnp.sinc(x) - jnp.exp(-jnp.square(x)))
        term_3 = jax.nn.gelu(x) + 0.1 * jnp.sin(x) + term_2
        term = jax.nn.sigmoid(scale * x) * term_3
        term_4 = 1 + jax.nn.mish(amplitude_2) * jnp.sinc(frequency * x)
        term_5 = jax.nn.hard_swish(scale_2 * x) * term_4
        return term + jax.nn.sigmoid(-scale * x) * term_5
    term_7 = jax.nn.mish(amplitude_3) * jnp.sinc(frequency_2 * x)
    term_6 = jax.nn.hard_swish(scale_3 * x) * (1 + term_7)
    term_8 = weight * (term_6 * (1 + amplitude_4 * jnp.tanh(partner(x))))
    return term_8 + weight_2 * jax.nn.hard_swish(scale_4 * x)
