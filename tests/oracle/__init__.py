"""A slow, obvious reading of the clocks of the law, written from the specification alone, to check the engine by."""
