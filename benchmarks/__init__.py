"""Measures the line: commands that start a system of their own, print tables and give figures. docs/benchmarks.md."""
