"""Tests of the improvement of plans."""
