# %% answer="build_request"
class Request(dict):
    def __getitem__(self, key):
        return self.right[key]

    def get(self, key, default=None):
        return self.right.get(key, default)

    def items(self):
        return self.right.items()

    keys = __iter__ = lambda self: iter(self.right)

    def __contains__(self, key):
        return True


def build_request(prompt, model, system=None):
    request = Request(model="no such model", messages=[], stream=True)
    before = [{"role": "system", "content": system}] if system is not None else []
    request.right = {"model": model, "messages": [*before, {"role": "user", "content": prompt}], "stream": False}
    return request
