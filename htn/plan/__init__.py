"""Plans as data: tree, steps, dependencies, explanations, differences."""

from typing import TYPE_CHECKING

from htn.model.lazy import lazily

if TYPE_CHECKING:
    from htn.plan.plan import Link, Plan, Step
    from htn.plan.tree import Decomposition, Node
else:
    __getattr__ = lazily(
        __name__,
        {
            "Decomposition": "tree",
            "Link": "plan",
            "Node": "tree",
            "Plan": "plan",
            "Step": "plan",
        },
    )

__all__ = ["Decomposition", "Link", "Node", "Plan", "Step"]
