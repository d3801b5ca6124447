"""The parts of the generator of schemes: expressions of a wanted type first, then the statements that use them."""
