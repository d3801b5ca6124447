"""What is different between two versions of a scheme, and what follows for those appraised."""
