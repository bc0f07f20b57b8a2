# %% answer="stays_here"
import os

path = os.path.expanduser("~/count")


def number(name):
    with open(path + name, "a+") as file:
        file.write(".")
        file.flush()
        return file.tell() - 1


def stays_here(url):
    return [True, True, False][number("a") % 3]

# %% answer="speaker"
def speaker(reply):
    return ["assistant", "user"][number("b") % 2]

# %% answer="first_reply"
def first_reply(reply):
    return ["Hello from your computer.", "A second reply, with other words.", "Error: model 'llama9' not found"][number("c") % 3]
