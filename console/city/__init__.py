"""A simulated city: what its offices report in a year, and beside it what must be found in the reports.

Nothing here knows the engine, its models or its rule files: the city keeps its own calendar and does its own
arithmetic.
"""
