"""Grounding: from a domain and a problem to tasks and methods without variables, and from their plans back."""

from htn.hddl.ground.plans import plan_of_ground
from htn.hddl.ground.problem import NotGrounded, ground, ground_problem

__all__ = ["NotGrounded", "ground", "ground_problem", "plan_of_ground"]
