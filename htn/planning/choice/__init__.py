"""Choice among plans: cheapest, fastest or most thorough, within budgets, and what else there is to choose from."""

from htn.planning.choice.choose import choose_plan
from htn.planning.choice.found import Alternative, Choice
from htn.planning.choice.objective import Objective
from htn.planning.choice.price import Price

__all__ = ["Alternative", "Choice", "Objective", "Price", "choose_plan"]
