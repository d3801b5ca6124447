"""The kaoping language: text to `Scheme`, and back."""
