"""HDDL, the language of the hierarchical tracks of the planning competition: in, out, linted, plans verified."""

from typing import TYPE_CHECKING

from htn.model.lazy import lazily

if TYPE_CHECKING:
    from htn.hddl.domain import load_domain, parse_domain
    from htn.hddl.errors import HddlError
    from htn.hddl.model import Domain, Problem
    from htn.hddl.problem import load_problem, parse_problem
else:
    __getattr__ = lazily(
        __name__,
        {
            "Domain": "model",
            "HddlError": "errors",
            "Problem": "model",
            "load_domain": "domain",
            "load_problem": "problem",
            "parse_domain": "domain",
            "parse_problem": "problem",
        },
    )

__all__ = ["Domain", "HddlError", "Problem", "load_domain", "load_problem", "parse_domain", "parse_problem"]
