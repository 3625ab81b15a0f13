"""htn.views."""
