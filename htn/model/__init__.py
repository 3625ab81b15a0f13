"""Domains, states, task networks: what can be planned with."""

from typing import TYPE_CHECKING

from htn.model.lazy import lazily

if TYPE_CHECKING:
    from htn.model.domain import Deferral, Domain, Method, Operator
    from htn.model.goals import MultiGoal, split_multigoal
    from htn.model.network import TaskNetwork
    from htn.model.refusal import refuse
    from htn.model.state import State
else:
    __getattr__ = lazily(
        __name__,
        {
            "Deferral": "domain",
            "Domain": "domain",
            "Method": "domain",
            "MultiGoal": "goals",
            "Operator": "domain",
            "State": "state",
            "TaskNetwork": "network",
            "refuse": "refusal",
            "split_multigoal": "goals",
        },
    )

__all__ = ["Deferral", "Domain", "Method", "MultiGoal", "Operator", "State", "TaskNetwork", "refuse", "split_multigoal"]
