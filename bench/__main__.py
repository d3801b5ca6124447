"""All measurements, one after another: about twenty minutes."""

from bench import check, evaluate, prove, registry, run, startup
from bench.bulk.__main__ import main as bulk

for each in (startup, check, run, evaluate, registry, prove):
    each.main()
bulk([])
