"""From `lessons/*.py` to `solutions/` and `notebooks/`, in this order: source, run, outputs, strip, files."""
