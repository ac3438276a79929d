"""Who checks: the past as it stood and as it was known, from the same log by the same models. Reads, never writes."""
