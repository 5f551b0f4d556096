# slot 275, value 0.513 in the search;
# 0.514 on new seeds, 0.473 on fresh@2/64/0, 0.341 on heldout@2/64/0.
import jax
import jax.numpy as jnp

def activation(x):
    c = (0.6346, 0.2147, 0.4578, -0.1451, -0.1458, -0.3379, -0.3574, -0.2791, -0.0836, 0.2875, 0.6382, 1.1074, 1.7642, 2.2228, 3.0548, 3.4648, 4.3)
    t = 2 * x + 8
    left = c[0] + (c[1] - c[0]) * t
    right = c[16] + (c[16] - c[15]) * (t - 16)
    y = (left + right) / 2
    for i in range(1, 16):
        bend = c[i - 1] - 2 * c[i] + c[i + 1]
        distance = jnp.abs(t - i)
        tip = jnp.maximum(1 - distance, 0) ** 3
        y += bend / 2 * distance + bend / 6 * tip
    return y
