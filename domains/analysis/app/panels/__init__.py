"""Parts of pages: each shows one thing from plain data."""
