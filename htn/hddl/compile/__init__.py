"""HDDL problems compiled to Python functions for the decomposer, and the way back to plans of the input."""

from typing import TYPE_CHECKING

from htn.model.lazy import lazily

if TYPE_CHECKING:
    from htn.hddl.compile.plans import plan_of
    from htn.hddl.compile.problem import Compiled, Passes, compile_problem
else:
    __getattr__ = lazily(
        __name__,
        {
            "Compiled": "problem",
            "Passes": "problem",
            "compile_problem": "problem",
            "plan_of": "plans",
        },
    )

__all__ = ["Compiled", "Passes", "compile_problem", "plan_of"]
