"""Lifted layered encoding of hierarchical problems for a SAT solver."""
