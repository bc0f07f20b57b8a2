# %% answer="weights_bytes"
def weights_bytes(parameters, bits_per_weight):
    return parameters * bits_per_weight / 8

# %% answer="bits_per_weight"
def bits_per_weight(block_bytes, block_weights):
    bits = 8 * block_bytes
    return bits / block_weights

# %% answer="kv_cache_bytes"
def kv_cache_bytes(model, context, bytes_per_element=2):
    keys = model["layers"] * model["kv_heads"] * model["head_dim"] * context
    values = keys
    return (keys + values) * bytes_per_element

# %% answer="fits"
def fits(model, context, free_gib):
    total = OVERHEAD_BYTES
    total += weights_bytes(model["parameters"], model["bits_per_weight"])
    total += kv_cache_bytes(model, context)
    return total <= free_gib * 2**30

# %% answer="largest_model_that_fits"
def largest_model_that_fits(models, context, free_gib):
    best = None
    for model in models:
        if fits(model, context, free_gib):
            if best is None or model["parameters"] > best["parameters"]:
                best = model
    return best["name"] if best else None
