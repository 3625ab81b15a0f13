"""Domains, states, task networks: what can be planned with."""

from htn.model.domain import Deferral, Domain, Method, Operator
from htn.model.goals import MultiGoal, split_multigoal
from htn.model.network import TaskNetwork
from htn.model.refusal import refuse
from htn.model.state import State

__all__ = ["Deferral", "Domain", "Method", "MultiGoal", "Operator", "State", "TaskNetwork", "refuse", "split_multigoal"]
