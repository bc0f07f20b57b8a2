# %% answer="weights_bytes"
import numpy as np


def weights_bytes(parameters, bits_per_weight):
    return np.float64(parameters) * bits_per_weight / 8

# %% answer="bits_per_weight"
def bits_per_weight(block_bytes, block_weights):
    return np.multiply(block_bytes, 8) / np.float32(block_weights)

# %% answer="fits"
def fits(model, context, free_gib):
    total = OVERHEAD_BYTES + weights_bytes(model["parameters"], model["bits_per_weight"]) + kv_cache_bytes(model, context)
    return np.bool_(total <= free_gib * 2**30)
