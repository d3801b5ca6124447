"""A plan as SQL."""
