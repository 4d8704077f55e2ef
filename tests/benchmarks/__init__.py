"""Measurements, run by hand with ``tests/bench``; the tests beside them see to it that they still run."""
