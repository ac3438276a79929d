"""The archive of the log: sealed days as Parquet segments in position order, never rewritten, with a manifest."""
