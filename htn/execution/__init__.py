"""htn.execution."""
