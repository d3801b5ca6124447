"""Populations in bulk: this engine beside SQL written by hand and beside other libraries. `python -m bench.bulk`."""
