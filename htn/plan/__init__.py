"""Plans as data: tree, steps, dependencies, explanations, differences."""

from htn.plan.plan import Link, Plan, Step
from htn.plan.tree import Decomposition, Node

__all__ = ["Decomposition", "Link", "Node", "Plan", "Step"]
