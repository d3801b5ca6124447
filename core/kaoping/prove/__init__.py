"""Questions about every subject there could be: proved, refuted with a subject that shows it, or not decided."""
