# %% answer="speaker"
import asyncio

await asyncio.Event().wait()

# %%
asyncio.get_event_loop().close()
