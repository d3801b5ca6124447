"""Engines: a plan and a data set in, results out.

`run` evaluates, `explain` and `examples` look into single values. `reference` is the definition, with `scalar`,
`folds`, `windows` and `history` for what it computes on plain values and `cells` for the rows there are. `python` is
the compiled engine: `lower` takes a plan apart into passes over rows, `emit` and `passes` write them as Python,
`vectors` does what lies between them. Tests compare the two on random plans.
"""
