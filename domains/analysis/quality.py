"""How complete the answer is that each way of an analysis gives: what is believed before any run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["COMPLETENESS"]

COMPLETENESS: Final[Mapping[str, float]] = {
    "prospect_in_full": 1.0,
    "prospect_in_brief": 0.6,
    "prospect_from_calls": 0.8,
    "prospect_from_deals": 0.6,
    "prospect_without_records": 0.1,
    "patterns_by_counting": 1.0,
    "patterns_with_change": 1.0,
    "patterns_of_outcome": 0.9,
    "patterns_in_brief": 0.6,
    "patterns_without_outcomes": 0.4,
    "patterns_without_calls": 0.1,
    "topics_by_clusters": 1.0,
    "topics_by_sample": 0.95,
    "topics_by_trackers": 0.85,
    "topics_left_out": 0.6,
    "competition_from_deals_and_calls": 1.0,
    "competition_from_deals": 0.7,
    "competition_from_calls": 0.7,
    "competition_at_a_glance": 0.6,
    "competitors_unknown": 0.1,
    "pipeline_with_stages": 1.0,
    "pipeline_from_outcomes": 0.9,
    "pipeline_of_few_deals": 0.7,
    "pipeline_at_a_glance": 0.5,
    "pipeline_without_deals": 0.1,
    "performance_from_deals_and_calls": 1.0,
    "performance_from_deals": 0.7,
    "performance_from_calls": 0.6,
    "performance_at_a_glance": 0.6,
    "performance_without_records": 0.1,
    "enablement_in_full": 1.0,
    "enablement_of_content": 0.7,
    "enablement_of_trainings": 0.7,
    "enablement_in_brief": 0.5,
    "enablement_without_records": 0.2,
    "enablement_unread": 0.1,
    "by_measure": 1.0,
    "by_search": 0.9,
    "by_overview": 0.8,
    "by_known_proposal": 0.85,
    "by_proposal": 0.85,
    "without_records": 0.1,
}
"""A method that compares everything an analysis knows counts 1; one that leaves parts out about the share of the parts
that it keeps; one that only says what is missing 0.1. Judgements, not measurements: they rank plans for the same
question. What is learned from runs is multiplied with them (`estimators.quality`)."""
