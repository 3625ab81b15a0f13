"""htn.interop."""
