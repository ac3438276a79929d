"""The reference for readers: every rule, table and event, written from what the engine itself reads."""
