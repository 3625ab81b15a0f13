"""htn.planning."""
