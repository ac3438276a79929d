"""What people may ask of tasks, complaints, cards and the catalogue: pure deciders, and the desk that records them."""
