"""Domains written for other planners, run unchanged: `htn.interop.gtpyhop` and `htn.interop.pyhop`."""
