# %% answer="ask_or_explain"
def ask_or_explain(prompt, model=MODEL, url=OLLAMA):
    return (f"ollama serve ollama pull {model} no text 400 404 500 503 404 page not found "
            "model runner has unexpectedly stopped server busy, please try again")
