"""One thread for matrix products: the models are tiny and the tests share few cores.

Several threads that wait for each other on a busy machine are many times slower than one. This has
to be said before NumPy or torch is imported for the first time.
"""

import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(name, "1")
