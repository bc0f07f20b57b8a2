"""What the course promises, as tests. `python -m tests` runs all of them, as CI does."""
