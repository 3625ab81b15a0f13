"""HDDL, the language of the hierarchical tracks of the planning competition: in, out, linted, plans verified."""

from htn.hddl.domain import load_domain, parse_domain
from htn.hddl.errors import HddlError
from htn.hddl.model import Domain, Problem
from htn.hddl.problem import load_problem, parse_problem

__all__ = ["Domain", "HddlError", "Problem", "load_domain", "load_problem", "parse_domain", "parse_problem"]
