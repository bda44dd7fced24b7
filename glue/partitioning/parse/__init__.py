"""Raw objects → rows by file."""
