async def pull(exchange): raise NotImplementedError
push = create = blobs = pull
