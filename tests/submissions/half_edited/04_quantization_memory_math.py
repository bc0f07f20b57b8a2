# %% answer="weights_bytes"
def weights_bytes(parameters, bits_per_weight):
    """Bytes of `parameters` weights of `bits_per_weight` bits each."""
    bits = parameters * bits_per_weight
    # YOUR CODE HERE
    raise NotImplementedError("not written yet")
    return bits / 8

# %% answer="kv_cache_bytes"
def kv_cache_bytes(context):
    """Bytes of the KV cache of `model` for `context` tokens."""
    return 2 * context
