"""Plans keep to the published schema."""

from __future__ import annotations

import jsonschema
from hypothesis import given

from htn.plan.schema import plan_schema
from htn.planning import Limits, Solved, find_plan
from tests.strategies import Spec, specs


@given(specs(partial=True))
def test_every_plan_keeps_to_the_published_schema(spec: Spec) -> None:
    """What is written is what the schema says, nothing more."""
    outcome = find_plan(spec.domain(), spec.state(), spec.task_list(), limits=Limits(nodes=2_000))
    if isinstance(outcome, Solved):
        jsonschema.validate(outcome.plan.to_json(), plan_schema())
