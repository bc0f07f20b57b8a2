# %% answer="speaker"
from IPython.display import HTML, Image, display

while True:
    display(HTML("<b>" * 10_000), Image(data=b"\x89PNG\r\n\x1a\n" * 10_000, format="png"))
    get_ipython().showtraceback((ValueError, ValueError("x" * 10_000), None))
