"""Regression on past runs: what a step will take."""
