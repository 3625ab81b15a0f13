"""htn.scheduling."""
