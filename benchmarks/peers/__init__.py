"""What a user would take instead: each peer answers the same questions about the same city."""
