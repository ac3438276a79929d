"""Seeded random towns, catalogues and case histories for the tests."""
