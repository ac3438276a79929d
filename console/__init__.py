"""WHO READS. The only part that talks to people: commands, tables, explanations."""
