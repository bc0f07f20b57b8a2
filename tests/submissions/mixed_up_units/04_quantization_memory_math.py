# %% answer="weights_bytes"
def weights_bytes(parameters, bits_per_weight):
    bits = parameters * bits_per_weight
    return bits

# %% answer="bits_per_weight"
def bits_per_weight(block_bytes, block_weights):
    return block_bytes / block_weights

# %% answer="kv_cache_bytes"
def kv_cache_bytes(model, context, bytes_per_element=2):
    return 2 * model["layers"] * model["heads"] * model["head_dim"] * context * bytes_per_element

# %% answer="fits"
def fits(model, context, free_gib):
    weights = model["parameters"] * model["bits_per_weight"] / 8
    return weights < free_gib * 10**9

# %% answer="largest_model_that_fits"
def largest_model_that_fits(models, context, free_gib):
    fitting = [model for model in models if fits(model, context, free_gib)]
    return max(fitting, key=lambda model: model["parameters"])["name"]
