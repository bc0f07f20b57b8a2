"""Practice Ollama: a real HTTP server that behaves like Ollama, for learning without one.

Read it in this order, one idea per file:

    app.py            the route table, and what the router itself answers (404, 405, redirects)
    exchange.py       one request and its reply: guards, body, JSON, streams
    native.py         /api/chat and /api/generate        embeddings.py   /api/embed
    manage.py         tags, show, ps, copy, delete       pull.py         pulling, with progress
    openai_style.py   the same under /v1
    checks.py         what may be wrong with a request, in the order Ollama looks
    gojson.py         JSON as Go reads and writes it     gobind.py       ... into typed fields
    schemas.py        the fields of each request         options.py      names.py   errors.py
    registry.py       which models are installed         loaded.py       which are in memory
    runner.py         one generation at a time, in a worker thread
    engines/          where the words come from: tiny, llamacpp, scripted
    scripted.py       the same server in a thread, for tests and checks
    cli.py            `python -m localmodels serve`

Nothing here knows of notebooks or grading.
"""

OLLAMA_VERSION = "0.32.15"
"""The Ollama version whose behaviour is copied; /api/version reports it."""
