"""One module per verb of `python -m autograder`: its options, its help, and the call that does the work."""
