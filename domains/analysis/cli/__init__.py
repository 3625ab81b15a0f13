"""The command `estate`: ask, plan, run, explain."""

from domains.analysis.cli.main import main

__all__ = ["main"]
