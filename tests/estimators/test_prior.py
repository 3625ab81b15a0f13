"""The prior: marked as one, growing with the input, without tokens for local analysts."""

from __future__ import annotations

import pytest

from estimators.prior import BASIS, PriorCosts, family_of
from htn.model.errors import InputError
from htn.model.estimate import RESOURCES, CostModel

CAPABILITIES = ("retrieve_calls", "measure_pipeline", "test_associations", "synthesise_pattern", "something_else")


def sizes(calls: int, deals: int) -> dict[str, dict[str, int]]:
    """Return facts with these sizes."""
    return {"count": {"calls": calls, "deals": deals}}


@pytest.mark.parametrize("agents", ["local", "model"])
@pytest.mark.parametrize("capability", CAPABILITIES)
def test_every_capability_has_a_wide_estimate_marked_as_prior(agents, capability):
    """Any capability, known or not, gets seconds and memory that admit to being a belief, with a wide interval."""
    costs = PriorCosts(agents).estimate("task", (), capability, {})
    assert set(costs) <= set(RESOURCES)
    assert {"seconds", "input_tokens", "output_tokens", "memory_bytes"} <= set(costs)
    assert costs["seconds"].basis == BASIS
    assert costs["seconds"].p90 > 5 * costs["seconds"].p10


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_more_input_takes_longer(capability):
    """Seconds and memory never fall when there are more calls and deals."""
    small, large = (PriorCosts().estimate("t", (), capability, sizes(n, n)) for n in (10, 10_000))
    assert small["seconds"].p50 < large["seconds"].p50
    assert small["memory_bytes"].p50 < large["memory_bytes"].p50


def test_local_analysts_use_no_tokens_and_no_money():
    """A local analyst's tokens and money are known to be zero, not estimated to be small."""
    costs = PriorCosts().estimate("t", (), "measure_pipeline", {})
    assert [costs[name].p90 for name in ("input_tokens", "output_tokens", "money")] == [0, 0, 0]


def test_money_needs_prices():
    """Without configured prices money is left out; with them it follows the tokens."""
    assert "money" not in PriorCosts("model").estimate("t", (), "measure_pipeline", {})
    costs = PriorCosts("model", (2.0, 10.0)).estimate("t", (), "measure_pipeline", {})
    expected = (costs["input_tokens"].p50 * 2 + costs["output_tokens"].p50 * 10) / 1e6
    assert expected == pytest.approx(costs["money"].p50)


def test_input_tokens_stay_within_what_a_model_reads():
    """A corpus of a million calls is not sent whole."""
    assert PriorCosts("model").estimate("t", (), "detect_themes", sizes(1_000_000, 0))["input_tokens"].p50 <= 150_000


def test_counts_by_scope_take_precedence():
    """Where the state counts by scope, the step's own scope decides and not the whole workspace."""
    scope = (("account", "Acme"),)
    facts = {"count": {("calls", scope): 10, "calls": 100_000}}
    narrow = PriorCosts().estimate("t", (scope,), "compare_x", facts)
    wide = PriorCosts().estimate("t", (), "compare_x", facts)
    assert narrow["seconds"].p50 < wide["seconds"].p50 / 10


def test_the_prior_is_a_cost_model_and_knows_two_kinds_of_agents():
    """It meets the protocol, and a misspelt kind of agent is refused."""
    assert isinstance(PriorCosts(), CostModel)
    with pytest.raises(InputError, match="not 'clod'"):
        PriorCosts("clod")  # type: ignore[arg-type]


def test_a_row_for_the_whole_name_goes_before_its_family():
    """What reads every turn is not priced like its relatives that read a table."""
    relatives = ("measure_conversation", "measure_anything")
    talk, table = (PriorCosts().estimate("t", (), name, sizes(2000, 0)) for name in relatives)
    assert talk["seconds"].p50 > 10 * table["seconds"].p50


def test_families_are_first_words():
    """A one-word capability is its own family."""
    assert [family_of(name) for name in ("retrieve_calls", "retrieve", "")] == ["retrieve", "retrieve", ""]


def test_the_first_steps_of_a_new_process_load_libraries():
    """Only steps that read no results take longer, and only where the process is new."""
    seconds = [
        PriorCosts(loading=new).estimate("t", (), "retrieve_calls", {"count": {"inputs": inputs}})["seconds"].p50
        for new, inputs in ((True, 0), (True, 1), (False, 0))
    ]
    assert seconds[0] > 1 + seconds[1]
    assert seconds[1] == seconds[2]
