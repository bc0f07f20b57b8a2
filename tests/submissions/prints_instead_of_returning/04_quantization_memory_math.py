# %% answer="weights_bytes"
def weights_bytes(parameters, bits_per_weight):
    bits = parameters * bits_per_weight
    print(f"{bits / 8:.0f} bytes")
