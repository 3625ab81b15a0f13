"""A seeded synthetic corpus with planted, documented effects."""
