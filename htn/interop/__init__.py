"""Other planners: their domains run unchanged (`gtpyhop`, `pyhop`), and this planner in `unified_planning`."""
