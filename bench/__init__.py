"""Measurements. `make bench` runs them all; `python -m bench.startup` runs one. Nothing here is a test."""
