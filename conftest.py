"""Fixtures that tests of every package share, and how hard what is made by chance tries."""

import os

from hypothesis import HealthCheck, settings

pytest_plugins = ["wbs_local.testing"]

_SLOW = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}
# The same examples each time, so that a test fails for what was changed; `make fuzz` looks for new ones.
settings.register_profile("test", max_examples=30, derandomize=True, **_SLOW)
settings.register_profile("fuzz", max_examples=700, print_blob=True, **_SLOW)
settings.load_profile("fuzz" if os.environ.get("WBS_FUZZ") else "test")
