"""All measurements, one after another: about ten minutes."""

from bench import check, evaluate, run, startup

for each in (startup, check, run, evaluate):
    each.main()
