async def chat(exchange): raise NotImplementedError
completions = embeddings = models = model = chat
