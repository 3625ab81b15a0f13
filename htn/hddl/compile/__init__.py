"""HDDL problems compiled to Python functions for the decomposer, and the way back to plans of the input."""

from htn.hddl.compile.plans import plan_of
from htn.hddl.compile.problem import Compiled, Passes, compile_problem

__all__ = ["Compiled", "Passes", "compile_problem", "plan_of"]
