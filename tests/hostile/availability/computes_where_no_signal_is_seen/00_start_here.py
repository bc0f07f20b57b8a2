# %% answer="speaker"
pow(7, 10**8)
