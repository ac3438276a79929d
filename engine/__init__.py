"""The log: what happened, in the order in which it came to be known. Imports nothing of ours."""
