"""Tests of rules, tested: what examples exercise, which wrong rules they would notice, which examples are missing."""
