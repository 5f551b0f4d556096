# slot 225, value 0.525 in the search;
# 0.508 on new seeds, 0.487 on fresh@2/64/0, 0.362 on heldout@2/64/0.
import jax
import jax.numpy as jnp

def activation(x):
    c = (0.3268, 0.068, 0.1794, -0.1653, -0.2572, -0.3216, -0.2939, -0.2552, -0.0921, 0.1775, 0.5758, 0.9764, 1.5111, 2.1443, 2.9776, 3.4558, 4.1508)
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
