"""Fixtures that tests of every package share."""

pytest_plugins = ["wbs_local.testing"]
