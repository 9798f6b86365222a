"""Settings of the whole test run."""

import os

# Two test processes on two cores: numeric libraries that start a thread a core would wait for each other.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

from hypothesis import HealthCheck, settings  # noqa: E402

# A loaded machine is no reason to fail: no deadline, and the same examples every time.
settings.register_profile("run_clinic", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("run_clinic")
