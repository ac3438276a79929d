"""The doors: every fact is read, checked, enveloped and appended here, or put aside with the way out."""
