"""Other planners' domains run unchanged (`htn.interop.gtpyhop`, `htn.interop.pyhop`); `htn.interop.unified_planning`."""
