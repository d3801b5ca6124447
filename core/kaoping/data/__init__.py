"""Files in, a data set out; results in, files out. Nothing here is evaluated."""
