"""A portfolio for HDDL: several searches take turns at one problem until one finds a plan or proves there is none."""

from htn.portfolio.solve import Result, solve

__all__ = ["Result", "solve"]
