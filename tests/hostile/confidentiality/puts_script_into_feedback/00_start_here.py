# %% answer="stays_here"
PAGE = "</li></section><script>alert('@mark@')</script><img src=http://192.0.2.1/@mark@ onerror=alert(1)>"


def stays_here(url):
    return PAGE

# %% answer="speaker"
def speaker(reply):
    raise type("x<script>", (Exception,), {})(PAGE)

# %% answer="first_reply"
def first_reply(reply):
    return type("<script>", (), {"__repr__": lambda self: PAGE})()
