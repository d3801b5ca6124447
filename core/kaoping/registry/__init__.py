"""The registry: which rules, in which version, approved by whom, on which data, gave which result; and that nothing of
it was changed afterwards.

`store` keeps it, `entries` and `merkle` bind it together, `people` and `keys` say who may do what, `versions` and
`runs` are what it is for, `verify` and `proofs` are for those who do not believe it.
"""
