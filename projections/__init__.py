"""What follows from the log: SQL models, evaluated live for the touched cases and in replay for all, from one text."""
