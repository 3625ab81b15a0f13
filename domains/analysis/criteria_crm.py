"""Success criteria of the steps that work on deals: pipeline, performance, competition."""

from __future__ import annotations

from collections.abc import Iterator

from domains.analysis.artifacts import Answer, Artifact, Number
from domains.analysis.criterion import Criterion

__all__ = ["CRITERIA"]

FEWEST_BACKTESTS = 4


def _has_deals(artifact: Artifact) -> str | None:
    from domains.analysis.analysts.retrieval_deals import DealSet

    if not isinstance(artifact, DealSet):
        return "the step returned no set of deals"
    if len(artifact.deal_ids) != artifact.won + artifact.lost + artifact.open:
        return "the counts of won, lost and open deals do not add up to the deals retrieved"
    return None if artifact.deal_ids else "no deal can be used; all were excluded"


def _says_something(artifact: Artifact) -> str | None:
    return None if artifact.findings or artifact.limits else "there is neither a finding nor a word on what is missing"


def _claims_rest_on_rows(artifact: Artifact) -> str | None:
    for finding in artifact.findings:
        if not finding.citations:
            return f"a claim cites nothing: {finding.claim}"
        for citation in finding.citations:
            if citation.kind == "rows" and (citation.total is None or citation.total < len(citation.rows)):
                return f"a citation does not say how many rows there are: {finding.claim}"
            if citation.kind == "turn" and (citation.turn is None or not citation.quote):
                return f"a turn is cited without its words: {finding.claim}"
    return None


def _numbers(artifact: Artifact) -> Iterator[Number]:
    for finding in artifact.findings:
        yield from finding.numbers


def _numbers_have_sample_size(artifact: Artifact) -> str | None:
    for number in _numbers(artifact):
        if number.n is None and number.low is not None:
            return f"{number.name} has an interval but no sample size"
        if not number.method:
            return f"{number.name} does not say how it was computed"
        if number.low is not None and number.high is not None and number.value is not None:
            # a hair of tolerance: an interval may end at the value itself
            slack = 1e-9 * max(1.0, abs(number.value))
            if not number.low - slack <= number.value <= number.high + slack:
                return f"{number.name} lies outside its own interval"
    return None


def _forecast_has_interval(artifact: Artifact) -> str | None:
    from domains.analysis.analysts.revenue_operations_forecast import QuarterForecast

    if not isinstance(artifact, QuarterForecast):
        return "the step returned no forecast"
    if artifact.value is None:
        return None if artifact.limits else "there is no forecast and no reason why"
    no_interval = artifact.value.low is None or artifact.value.high is None
    return "the forecast has no interval" if no_interval else None


def _forecast_is_tested(artifact: Artifact) -> str | None:
    if getattr(artifact, "value", None) is None:
        return None  # nothing is forecast, so there is nothing to test
    found = len(getattr(artifact, "backtests", ()))
    return None if found >= FEWEST_BACKTESTS else f"the forecast was tested on {found} earlier days only"


def _survey_names_what_is_absent(artifact: Artifact) -> str | None:
    from domains.analysis.analysts.data_survey import DataSurvey

    if not isinstance(artifact, DataSurvey):
        return "the step returned no survey"
    named = len(artifact.limits) == len(artifact.absent)
    return None if named else "a kind of record is absent without a sentence on it"


def _recommendations_rest_on_findings(artifact: Artifact) -> str | None:
    if not isinstance(artifact, Answer) or not artifact.headline.strip():
        return "there is no headline"
    for item in artifact.recommendations:
        if not item.because or not all(0 <= position < len(artifact.findings) for position in item.because):
            return f"a recommendation rests on no finding: {item.action}"
    return _claims_rest_on_rows(artifact)


CRITERIA: dict[str, Criterion] = {
    item.name: item
    for item in (
        Criterion("has_deals", "there are deals that can be used, and their counts add up", _has_deals),
        Criterion("says_something", "there is a finding, or a sentence on what is missing", _says_something),
        Criterion(
            "claims_rest_on_rows",
            "every claim cites rows with their total, or turns with their words",
            _claims_rest_on_rows,
        ),
        Criterion(
            "numbers_have_sample_size",
            "numbers carry sample size, method and a fitting interval",
            _numbers_have_sample_size,
        ),
        Criterion(
            "forecast_has_interval", "a forecast has an interval, or a reason why none is made", _forecast_has_interval
        ),
        Criterion("forecast_is_tested", "a forecast has at least four back-tests", _forecast_is_tested, wished=True),
        Criterion(
            "survey_names_what_is_absent", "each absent kind of record has its sentence", _survey_names_what_is_absent
        ),
        Criterion(
            "recommendations_rest_on_findings", "recommendations point at findings", _recommendations_rest_on_findings
        ),
    )
}
