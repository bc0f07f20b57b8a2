# %% answer="weights_bytes"
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

plt.plot([1, 2, 3])


def weights_bytes(parameters, bits_per_weight):
    return np.float64(parameters) * bits_per_weight / 8

# %% answer="bits_per_weight"
def bits_per_weight(block_bytes, block_weights):
    return pd.Series([block_bytes * 8 / block_weights]).iloc[0]

# %% answer="fits"
def fits(model, context, free_gib):
    total = OVERHEAD_BYTES + weights_bytes(model["parameters"], model["bits_per_weight"]) + kv_cache_bytes(model, context)
    return np.bool_(total <= free_gib * 2**30)
