# %% answer="speaker"
while True:
    pass
