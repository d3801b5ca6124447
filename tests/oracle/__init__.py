"""An independent evaluator of schemes, made from the description of the language alone, in fractions and plain dicts.

It exists to be compared with the product: as literal as possible, never fast, and it shares no code with the checker,
the plan or the engines.
"""
