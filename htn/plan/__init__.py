"""htn.plan."""
