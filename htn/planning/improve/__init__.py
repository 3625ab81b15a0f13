"""Improvement of plans: from a solution to ever cheaper ones."""

from htn.planning.improve.solutions import Improved, improve_path, improve_steps

__all__ = ["Improved", "improve_path", "improve_steps"]
