"""What stands of a model's claims: words that were said, numbers that were measured, strength that is backed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from domains.analysis.artifacts import Answer, Artifact, Citation, Finding, Number, Recommendation
from domains.analysis.claude.figures import SAID, Figures
from domains.analysis.claude.verification import Verification
from domains.analysis.corpus.workspace import Turn, Workspace

RATE = Number(name="win rate", value=0.625, unit="share", low=0.5061, high=0.7333, level=0.95, n=64, method="Wilson")
MEASURED = Finding(claim="40 of 64 deals were won.", strength="suggestive", numbers=(RATE,))
LOCAL = Answer(headline="40 of 64 deals were won.", findings=(MEASURED,))


@pytest.fixture
def opened(workspace: Path) -> Iterator[Workspace]:
    """The sample."""
    with Workspace.open(workspace) as found:
        yield found


@pytest.fixture
def turn(opened: Workspace) -> Turn:
    """A turn in which a number is said."""
    return next(
        turn
        for turns in opened.turns_by_call().values()
        for turn in turns
        if any(word.isdigit() and len(word) > 1 and word not in ("40", "64") for word in turn.text.split())
    )


def cite(turn: Turn, quote: str | None = None) -> Citation:
    """Return a citation of a turn."""
    return Citation(kind="turn", source=turn.call_id, turn=turn.idx, quote=turn.text if quote is None else quote)


def verified(opened: Workspace, *findings: Finding, calls: list[str], **more: object) -> Answer:
    """Return what stands of an answer."""
    answer = Answer.model_validate({"headline": "So it is.", "findings": findings, **more})
    return Verification(opened, calls, Figures([LOCAL])).verified(answer, LOCAL)


def test_a_quote_that_was_not_said_is_dropped_and_counted(opened: Workspace, turn: Turn) -> None:
    """With the finding, when nothing else is cited; line breaks are no different wording."""
    good, bad = cite(turn, turn.text.replace(" ", "\n ", 1)), cite(turn, turn.text + " indeed")
    half = Finding(claim="It was said.", strength="descriptive", citations=(good, bad))
    none = Finding(claim="It was said.", strength="descriptive", citations=(bad,))
    found = verified(opened, half, none, calls=[turn.call_id])
    assert [(good,)] == [finding.citations for finding in found.findings]
    assert {"citations of the model": 2, "findings of the model": 1} == {e.what: e.count for e in found.exclusions}


def test_a_call_outside_the_step_cannot_be_cited(opened: Workspace, turn: Turn) -> None:
    """However true the quote."""
    finding = Finding(claim="It was said.", strength="descriptive", citations=(cite(turn),))
    assert () == verified(opened, finding, calls=["another"]).findings
    assert 1 == len(verified(opened, finding, calls=[turn.call_id]).findings)


def test_a_number_that_was_said_is_no_measurement(opened: Workspace, turn: Turn) -> None:
    """The claim is marked as said, cannot be a headline, and is not known to later steps."""
    number = next(word for word in turn.text.split() if word.isdigit() and len(word) > 1)
    finding = Finding(claim=f"The win rate is {number} %.", strength="established", citations=(cite(turn),))
    found = verified(opened, finding, calls=[turn.call_id], headline=f"The win rate is {number} %.")
    assert [f"{SAID}The win rate is {number} %."] == [finding.claim for finding in found.findings]
    assert "descriptive" == found.findings[0].strength
    assert LOCAL.headline == found.headline
    assert number == Figures([found]).unknown(f"The win rate is {number} %.")


@pytest.mark.parametrize(
    ("change", "stands"),
    [
        ({}, True),
        ({"value": 0.63}, True),
        ({"value": 0.62, "low": None, "high": None}, True),
        ({"value": 0.64}, False),
        ({"high": 0.99}, False),
        ({"n": 6400}, False),
        ({"value": None}, False),
    ],
)
def test_numbers_are_the_measured_ones(change: dict[str, float], stands: bool, opened: Workspace, turn: Turn) -> None:
    """Rounded is fine, and put right; anything else goes."""
    number = RATE.model_copy(update=change)
    finding = Finding(claim="Most were won.", strength="suggestive", numbers=(number,), citations=(cite(turn),))
    found = verified(opened, finding, calls=[turn.call_id]).findings[0]
    assert ((RATE,) if stands else ()) == found.numbers
    assert ("suggestive" if stands else "not established") == found.strength.replace("descriptive", "not established")


def test_nothing_is_called_firmer_than_it_was_measured(opened: Workspace, turn: Turn) -> None:
    """A suggestive number does not become an established one."""
    finding = Finding(claim="Most were won.", strength="established", numbers=(RATE,), citations=(cite(turn),))
    found = verified(opened, finding, calls=[turn.call_id])
    assert "not established" == found.findings[0].strength
    assert ["strengths of the model"] == [exclusion.what for exclusion in found.exclusions]


def test_advice_follows_the_findings_that_stand(opened: Workspace, turn: Turn) -> None:
    """Positions are those among the kept findings; advice without any is dropped."""
    gone = Finding(claim="99 of 100 were won.", strength="descriptive", citations=(cite(turn),))
    kept = Finding(claim="It was said.", strength="descriptive", citations=(cite(turn),))
    advice = (
        Recommendation(action="Do this.", because=(0, 1)),
        Recommendation(action="Do that.", because=(0,)),
        Recommendation(action="Pay 4711.", because=(1,)),
    )
    found = verified(opened, gone, kept, calls=[turn.call_id], recommendations=advice)
    assert (Recommendation(action="Do this.", because=(0,)),) == found.recommendations


def test_an_honest_artifact_stands_as_it_is(opened: Workspace, turn: Turn) -> None:
    """Verification of what is right changes nothing and excludes nothing."""
    finding = Finding(claim="62.5 % of 64 were won.", strength="suggestive", numbers=(RATE,), citations=(cite(turn),))
    absent = Finding(claim="No reason is recorded.", strength="descriptive")
    artifact = Artifact(findings=(finding, absent), limits=("No reason is recorded.",))
    found = Verification(opened, [turn.call_id], Figures([LOCAL])).verified(artifact, LOCAL)
    assert artifact == found


WEST, EAST = (Number(name=f"win rate, {name}", value=value, n=64) for name, value in (("West", 0.25), ("East", 0.5)))
LEDGER, VAULT = (
    Number(name=f"win rate, {name}", value=value, n=64) for name, value in (("Ledger", 0.3), ("Vault", 0.6))
)
ROWS = Citation(kind="rows", source="opportunities", rows=("D1",), total=128)
GROUPS = Artifact(
    findings=(
        Finding(
            claim="Win rates of deals by region run from 25.0 % (West) to 50.0 % (East).",
            strength="not established",
            numbers=(WEST, EAST),
            citations=(ROWS,),
        ),
        Finding(
            claim="Win rates differ by product: 30.0 % (Ledger), 60.0 % (Vault), p = 0.001.",
            strength="established",
            numbers=(LEDGER, VAULT),
            citations=(ROWS,),
        ),
    )
)


@pytest.mark.parametrize(
    ("claim", "numbers", "stands"),
    [
        ("Ledger wins 30.0 %, Vault 60.0 %.", (LEDGER, VAULT), True),
        ("The win rate of Vault is twice that of Ledger.", (LEDGER, VAULT), True),
        ("Half of the deals in the East are won.", (WEST, EAST), True),
        ("The West wins far more deals than all other regions.", (LEDGER, VAULT), False),
        ("The West wins far more deals than all other regions.", (WEST, EAST), False),
        ("The win rate is falling: it was 60.0 % and is 30.0 % now.", (), False),
        ("Nine out of ten deals are won by the East.", (WEST, EAST), False),
        ("About half of our deals (fifty percent) are lost, twice as many as last year.", (), False),
        ("Win rates of products are 30.0 % and 50.0 %.", (LEDGER, VAULT), False),
        ("Somebody announced to sue over broken promises.", (), False),
    ],
)
def test_a_claim_says_of_the_right_groups_what_their_numbers_say(
    opened: Workspace, claim: str, numbers: tuple[Number, ...], stands: bool
) -> None:
    """That every number was measured somewhere is not enough: of whom, in which direction, and when it was measured."""
    finding = Finding(claim=claim, strength="descriptive", numbers=numbers, citations=(ROWS,))
    found = Verification(opened, [], Figures([GROUPS])).verified(Artifact(findings=(finding,)), GROUPS)
    assert [item.claim for item in found.findings] == ([claim] if stands else [])


def test_how_many_were_compared_makes_nothing_established(opened: Workspace) -> None:
    """A number that findings have in common backs the firmness of none of them."""
    cases = Number(name="deals compared", value=128.0, n=128, method="count")
    region, product = (one.model_copy(update={"numbers": (cases, *one.numbers)}) for one in GROUPS.findings)
    firm = region.model_copy(update={"strength": "established", "claim": "Regions differ in win rates."})
    known = Artifact(findings=(region, product))
    found = Verification(opened, [], Figures([known])).verified(Artifact(findings=(firm,)), known)
    assert [item.strength for item in found.findings] == ["not established"]
