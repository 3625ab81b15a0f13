"""A report gives the answer first, leads from every claim to what it rests on, and hides nothing that is left out."""

from __future__ import annotations

import re
from importlib import resources
from itertools import pairwise
from pathlib import Path

import pytest

from domains.analysis.artifacts import Number
from domains.analysis.report import build_report
from domains.analysis.report.content import STRENGTHS
from domains.analysis.report.figures import figure, interval
from tests.analysis.report.reading import inline, read_html, slugs
from tests.analysis.report.small import (
    ABSENT,
    ESTIMATE,
    QUOTE,
    RUN,
    small_answer,
    small_plan,
    small_report,
    small_status,
    small_workspace,
)

GOLDEN = Path(__file__).parent / "golden" / "small.md"
CSS = resources.files("domains.analysis.report") / "report.css"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """Two calls and six deals."""
    with small_workspace(tmp_path_factory.mktemp("report") / "w") as opened:
        yield opened


@pytest.fixture(scope="module")
def report(workspace):
    """The report on the small run: one claim and one recommendation dropped, one step lost."""
    return small_report(workspace)


@pytest.fixture(scope="module")
def page(report):
    """Its HTML, read back."""
    return read_html(report.to_html())


def test_the_small_report_reads_as_it_always_did(report):
    """Markdown, word for word, beside this file: a change of it is a change that somebody has looked at."""
    assert report.to_markdown() == GOLDEN.read_text(encoding="utf-8")


def test_the_answer_comes_first(report, page):
    """Headline and how firmly it stands come before recommendations, findings, numbers, references and the plan."""
    order = ["66.7 % [30.0 to 90.3]. Acme", "The answer rests on", "What to do", "Look at price", "Price is an", QUOTE]
    written = report.to_markdown().replace("\\", "")
    for text in (page.words.split("</title>")[-1], written):
        places = [text.index(words) for words in order]
        assert places == sorted(places)


def test_every_claim_leads_to_its_evidence_within_the_document(report, page):
    """Each finding has references that exist in both forms, with quote, call, date and speaker, or rows."""
    written = report.to_markdown()
    anchors, ids = set(slugs(written)), page.attributes("id")
    assert len(ids) == len(set(ids))
    links = {str(token.attrs["href"])[1:] for token in inline(written) if token.type == "link_open"}
    assert links <= anchors
    assert {target[1:] for target in page.attributes("href")} <= set(ids)
    for finding in report.findings:
        assert finding.references or finding.claim == ABSENT.claim
        for number in finding.references:
            assert f"reference-{number}" in ids
            assert f"reference-{number}" in anchors
            assert finding.number in report.references[number - 1].cited_by
    found = " ".join(f"{item.title} {item.place} {item.quote}" for item in report.references)
    assert f"Demo with Acme call C1, 2025-01-02, turn 1, Bob Acme (prospect) {QUOTE}" in found
    assert "4 rows, of which 2 are listed" in found
    assert not any(item.problem for item in report.references)


def test_equal_citations_share_a_number(report):
    """Three findings cite the same rows: one reference, cited by all three."""
    assert [item.cited_by for item in report.references] == [(1, 2, 3), (2,)]


def test_every_number_stands_in_the_table_with_interval_level_n_and_method(page):
    """Percent, thousands and signs; as many digits as the interval bears."""
    for row in (
        "win rate Acme 66.7 % 30.0 to 90.3 95 % 6 Wilson Acme",
        "gap -14 points Acme -26 to 3 90 % 72 Acme",
        "value 1,234,567 – – 4 sum",
    ):
        assert row in page.words


@pytest.mark.parametrize(
    ("number", "shown", "between"),
    [
        ({"value": -14.304, "low": -26.08, "high": -2.53, "unit": "points"}, "-14 points", "-26 to -3"),
        ({"value": 1.03, "low": -19.9, "high": 21.9, "unit": "points"}, "+1 points", "-20 to +22"),
        ({"value": -0.2, "low": -20.0, "high": 19.9, "unit": "points"}, "0 points", "-20 to +20"),
        ({"value": 2.2298, "low": 1.9992, "high": 2.5136, "unit": "times"}, "2.23 times", "2.00 to 2.51"),
        ({"value": 0.002345}, "0.0023", "–"),
        ({"value": 0.0}, "0", "–"),
        ({"value": 9196.17, "unit": "per day"}, "9,196 per day", "–"),
        ({"value": 0.04, "unit": "share", "low": 0.001, "high": 0.2}, "4.0 %", "0.1 to 20.0"),
        ({"value": None, "unit": "share", "low": 0.0, "high": 1.0}, "unknown", "0.0 to 100.0"),
        ({"value": 3.0, "low": 2.5}, "3", "at least 2.5"),
        ({"value": 5.0, "low": 5.0, "high": 5.0}, "5", "5 to 5"),
    ],
)
def test_numbers_are_written_in_the_digits_that_they_bear(number, shown, between):
    """The unit once, thousands apart, no minus before nothing."""
    assert (figure(Number(name="x", **number)), interval(Number(name="x", **number))) == (shown, between)


def test_a_recommendation_says_what_speaks_for_it(report, page):
    """With links to the findings and how firmly they stand."""
    assert [item.findings for item in report.recommendations] == [(2, 1)]
    assert "Speaking for it: finding 2 suggestive , finding 1 descriptive" in page.words
    for link in ("[finding 2](#2-price-is-an-objection-acme) (sug", "[finding 1](#1-deals-and-calls-acme) (desc"):
        assert link in report.to_markdown()


def test_a_finding_is_headed_by_its_title_or_by_the_start_of_its_claim(report, page):
    """In both forms: no heading is a bare number."""
    for words in ("1. Deals and calls Acme", "2. Price is an objection Acme", "3. Deals are worth 1,234,567"):
        assert words in page.words
        assert f"### {words}\n" in report.to_markdown()
    assert "Finding 1" not in page.words


def test_a_table_that_belongs_to_the_answer_stands_beside_the_headline(report, page):
    """Its numbers with interval and sample, thin ones marked; the other table stands in its finding."""
    assert [finding.number for finding in report.tables] == [1]
    cells = "deals Acme 66.7 % 30.0 to 90.3, n = 6 – calls – 50.0 % 10.0 to 90.0, n = 2, thin"
    assert cells in page.words
    assert page.words.index(cells) < page.words.index("What to do")
    assert "Thin: fewer than 5 cases" in page.words
    assert "| Acme | -14 points Acme \\[-26 to 3\\] n = 72 |" in report.to_markdown()
    assert "(50.0 % \\[10.0 to 90.0\\] n = 2)" in report.to_markdown()


def test_a_page_folds_up_what_only_describes_where_there_is_much_of_it(workspace):
    """Of ten findings, those that neither headline nor advice rests on; two of four stay in sight."""
    answer = small_answer()
    more = tuple(answer.findings[0].model_copy(update={"claim": f"{n} more.", "table": None}) for n in range(6))
    whole = answer.model_copy(update={"findings": (*answer.findings, *more)})
    report = small_report(workspace, answer=whole.model_dump(mode="json"))
    assert [finding.number for finding in report.apart] == [4, *range(5, 11)]
    html = report.to_html()
    assert html.index("further findings") < html.index('id="finding-5"')
    assert not small_report(workspace).apart


def test_what_the_review_dropped_is_named_with_the_reason(report, page):
    """The claim, the recommendation that rested on it, and a notice at the top."""
    assert [(item.kind, item.what) for item in report.dropped] == [
        ("finding", "Everybody loves it Acme."),
        ("recommendation", "Buy cake Acme."),
    ]
    assert "does not say 'we love it Acme'" in page.words
    assert "1 claim of 5 did not hold up" in page.words
    assert "4 of 5 claims were kept" in page.words
    assert "Everybody loves it" not in page.words[: page.words.index("Review 4 of 5")]


def test_what_is_missing_excluded_and_unknowable_is_said(page):
    """A lost branch at the top and in its place; exclusions with counts; limits, those of the question first."""
    assert "Parts are missing . 1 step could not be done" in page.words.replace("missing.", "missing .")
    assert "measure Acme timeout Acme" in page.words
    assert "deals Acme 1,200 no date Acme" in page.words
    assert page.words.index("Weather Acme is not recorded.") < page.words.rindex("Quotes are few Acme.")


def test_strength_is_said_in_the_same_four_words_everywhere(report, page):
    """The chip of every finding is one of the four words, which the legend explains."""
    assert {finding.strength for finding in report.findings} <= set(STRENGTHS)
    chips = [value.split()[1] for value in page.attributes("class") if value.startswith("chip ")]
    assert set(chips) == {name.replace(" ", "-") for name in STRENGTHS}
    assert "1 is established, 1 is suggestive, 2 are descriptive" in page.words


def test_the_appendix_sets_what_was_expected_beside_what_it_took(report, page):
    """Steps with agent, state, seconds and criteria; totals; money and memory unknown where nobody knows them."""
    assert [(s.expected, s.took, s.status, s.agent) for s in report.steps] == [
        ("30 s", "42 s", "failed", "analyst Acme"),
        ("unknown", "< 0.1 s", "finished", "strategist Acme"),
    ]
    assert [s.criteria for s in report.steps] == [(("criterion_Acme", True),), (("criterion_Acme", None),)]
    cost = {item.name: (item.expected, item.actual) for item in report.cost}
    assert cost["from start to end"] == ("45 s (20 s to 100 s)", "60 s")
    assert cost["work of all steps together"] == ("50 s (20 s to 2 min 30 s)", "42 s")
    assert cost["tokens to models"] == ("0", "0")
    assert cost["tokens from models"] == ("unknown", "0")
    assert cost["memory, most at once"] == ("unknown", "unknown")
    assert cost["money"] == ("unknown", "none: no model was called")
    assert f"estate why {RUN} step0002" in page.words
    assert report.tree == (
        "Analyse: account Acme; by by Acme",
        "│   not in full: no Acme",
        "├─ 1. measure Acme",
        "└─ 2. answer Acme",
    )


def test_money_is_unknown_when_a_model_was_called_and_no_price_is_known(workspace):
    """Tokens are counted over every try; what they cost is not made up."""
    status = {**small_status(), "usage": {"a": {"input_tokens": 1200}, "b": {"input_tokens": 34, "output_tokens": 5}}}
    cost = {item.name: item.actual for item in small_report(workspace, status=status).cost}
    assert (cost["tokens to models"], cost["tokens from models"], cost["money"]) == ("1,234", "5", "unknown")


def test_times_are_in_utc_and_say_so(page):
    """Start and end of the run."""
    assert "started 2025-01-02 03:00 UTC, ended 2025-01-02 03:01 UTC" in page.words
    assert "Times are in UTC" in page.words


@pytest.mark.parametrize(
    ("source", "is_named"), [("synthetic sample", True), ("Synthetic", True), ("export", False), (None, False)]
)
def test_synthetic_data_are_named_at_the_top(tmp_path, source, is_named):
    """Wherever the word stands in the calls' source; before the answer, in both forms."""
    with small_workspace(tmp_path / "w", source=source) as workspace:
        report = small_report(workspace)
    for text in (read_html(report.to_html()).words, report.to_markdown()):
        top = text[: text.index("Answer")]
        assert ("2 of 2 calls of this workspace are labelled as synthetic" in top) is is_named


def test_a_few_synthetic_calls_are_counted_and_do_not_condemn_the_rest(tmp_path):
    """One call of three: the number, and no word on the others."""
    with small_workspace(tmp_path / "w") as workspace:
        with workspace.writing() as connection:
            connection.execute("INSERT INTO calls (call_id, title) VALUES ('C3', 'Demo (Synthetic)')")
        notices = small_report(workspace).notices
    assert [item.text for item in notices if item.kind == "synthetic"] == [
        "1 of 3 calls of this workspace are labelled as synthetic."
    ]


@pytest.mark.parametrize("status", ["running", "failed", "cancelled"])
def test_a_run_that_is_not_complete_says_so_and_shows_what_there_is(workspace, status):
    """Findings of finished steps, reviewed one by one; no headline that nobody wrote."""
    report = small_report(workspace, answer=None, status=small_status(status=status))
    page = read_html(report.to_html())
    assert "This run is not complete" in page.words
    assert "The run has no answer yet" in report.headline
    assert [finding.claim for finding in report.findings][1] == "Price is an objection Acme."
    assert report.findings[0].references
    assert report.checked
    # a step has no limits of its own here, so that its claim that something is absent rests on nothing
    assert [item.what for item in report.dropped if item.kind == "finding"] == [ABSENT.claim]


def test_an_answer_that_was_not_reviewed_yet_is_reviewed_for_the_report(workspace):
    """When the last step is lost, the answer before it is there: its headline, checked."""
    answer = small_answer()
    artifacts = {"step0002": ("Answer", answer.model_dump(mode="json"))}
    report = small_report(workspace, answer=None, artifacts=artifacts, status=small_status(status="failed"))
    assert report.headline == answer.headline
    assert len(report.findings) == 4
    assert "This run is not complete" in report.to_markdown()


def test_a_plan_that_was_not_run_makes_a_report_without_findings():
    """Nothing found, nothing spent, nothing claimed."""
    report = build_report("Why?", {}, small_plan(), None, {}, {}, ESTIMATE, None)
    assert report.headline.startswith("The run has no answer, and none")
    assert report.status == "planned, not run"
    assert {item.actual for item in report.cost} >= {"not run", "unknown"}
    assert "There is no finding that could be checked." in report.to_markdown()
    assert not read_html(report.to_html()).problems


def test_without_the_workspace_citations_are_shown_as_not_looked_up(workspace):
    """The report is still written from the reviewed answer, and says what it could not do."""
    document = small_report(workspace)
    again = build_report("Q", {}, small_plan(), _reviewed(workspace), {}, small_status(), ESTIMATE, None)
    assert len(again.findings) == len(document.findings)
    assert {item.problem for item in again.references} == {"not looked up: the workspace could not be opened"}
    unreviewed = small_answer().model_dump(mode="json")
    last = build_report("Q", {}, small_plan(), unreviewed, {}, small_status(), ESTIMATE, None)
    assert "Not reviewed" in [item.title for item in last.notices]
    assert "This answer was not reviewed." in last.to_markdown()


def _reviewed(workspace):
    from domains.analysis.review import EvidenceReview

    return EvidenceReview().review(small_answer(), workspace).model_dump(mode="json")


def test_records_that_have_changed_since_the_run_are_pointed_out(workspace, tmp_path):
    """A quote, a call or a row that is gone when the report is written stands as not found."""
    document = _reviewed(workspace)
    with small_workspace(tmp_path / "w") as changed:
        with changed.writing() as connection:
            connection.execute("UPDATE turns SET text = 'Something else.' WHERE call_id = 'C1'")
            connection.execute("DELETE FROM opportunities WHERE opportunity_id = 'D00001'")
        report = small_report(changed, answer=document)
    assert {item.problem for item in report.references} == {
        "the turn does not hold these words now",
        "the workspace does not hold D00001 now",
    }
    assert "Not found: the turn does not hold these words now." in read_html(report.to_html()).words


def test_the_headline_names_the_findings_that_it_draws_on(report):
    """By two figures that they share; years and small counts do not make a link."""
    assert report.drawn_from == (1,)


def test_the_page_is_whole_and_its_structure_can_be_heard(page, report):
    """One h1, headings without gaps, language, title, labelled sections, a header cell for each column."""
    html = report.to_html()
    tags = [tag for tag, _ in page.elements]
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert ("html", (("lang", "en"),)) in page.elements
    assert tags.count("main") == tags.count("title") == tags.count("style") == 1
    assert set(page.attributes("aria-labelledby")) <= set(page.attributes("id"))
    for table in re.findall(r"<table.*?</table>", html, flags=re.DOTALL):
        columns = len(re.findall(r'<th scope="col"', table))
        assert columns >= 2
        for row in re.findall(r"<tr.*?</tr>", table.split("</thead>")[1], flags=re.DOTALL):
            spans = [int(span) for span in re.findall(r'colspan="(\d+)"', row)]
            assert len(re.findall(r"<t[hd]", row)) + sum(span - 1 for span in spans) == columns


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_text_can_be_read_in_light_in_dark_and_on_paper():
    """Every text colour against every ground it stands on: at least 4.5 to 1, as WCAG 2 AA asks."""
    themes = [
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
        for block in CSS.read_text(encoding="utf-8").split(":root {")[1:]
    ]
    assert len(themes) == 3
    for theme in themes:
        for ground in ("page", "panel"):
            for text in ("text", "soft", "link", "alarm"):
                assert _contrast(theme[text], theme[ground]) >= 4.5, (text, ground)
        for name in ("established", "suggestive", "not-established", "descriptive", "alarm"):
            assert _contrast(theme[name], theme[f"{name}-back"]) >= 4.5, name
        assert _contrast(theme["text"], theme["suggestive-back"]) >= 4.5
        assert _contrast(theme["text"], theme["alarm-back"]) >= 4.5


def test_the_same_run_gives_the_same_report(workspace, report):
    """No clock and no chance in it."""
    again = small_report(workspace)
    assert again.to_html() == report.to_html()
    assert QUOTE in again.to_html()
