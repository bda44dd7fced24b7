"""The Glue job's own package: from a manifest to the files of the curated bucket, and the report of it."""
