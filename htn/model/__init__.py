"""Domains, states, task networks: what can be planned with."""
