"""For tests only: a toy service, faults on demand, and the tests that every consumer passes. Not in the wheel."""
