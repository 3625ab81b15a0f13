"""Calls and records full of attacks: the real commands, from ingestion to the audit record, do what they do without."""

from __future__ import annotations

import io
import json
import re
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

import pytest

from domains.analysis.cli import main
from domains.analysis.corpus.workspace import Workspace
from domains.analysis.planner import EstatePlanner
from tests.analysis.report.reading import blocks, inline, read_html, slugs
from tests.security.attacks import ATTACKS, CRM, TURN, Attack, entering
from tests.security.hostile import Touched, steering, watching, write_data

QUESTIONS = {
    "competitive": "Which competitors do we lose to?",
    "pipeline": "Where does our pipeline stand?",
    "performance": "How are our reps performing?",
    "pattern": "Which phrases separate won calls from lost ones?",
    "custom": "Win rate by rep",
}


@dataclass
class Story:
    """All that the commands said and wrote about a workspace full of attacks."""

    folder: Path
    twin: Path
    codes: dict[str, int] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)
    html: dict[str, str] = field(default_factory=dict)
    markdown: dict[str, str] = field(default_factory=dict)
    touched: Touched = field(default_factory=Touched)

    def says(self, name: str, *arguments: str) -> str:
        """Carry a command out and keep what it said."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            self.codes[name] = main([*arguments, "--workspace", str(self.folder)])
        self.printed[name] = out.getvalue() + err.getvalue()
        return out.getvalue()


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Everything there is to say about the hostile workspace, said once."""
    base = tmp_path_factory.mktemp("hostile")
    data = {hostile: write_data(base / f"data-{hostile}", hostile=hostile) for hostile in (True, False)}
    made = Story(base / "workspace", base / "twin")
    main(["ingest", str(data[False]), "--workspace", str(made.twin)])
    for question in QUESTIONS.values():  # and whatever is loaded on first use is loaded
        main(["run", question, "--quiet", "--workspace", str(made.twin), "--report", str(base / "twin.html")])
    with watching() as made.touched:
        made.says("ingest", "ingest", str(data[True]))
        for name, question in QUESTIONS.items():
            for ending, kept in (("html", made.html), ("md", made.markdown)):
                path = made.folder / f"{name}.{ending}"
                command = ("run", question) if ending == "html" else ("show", "last")
                made.says(f"{command[0]} {name}", *command, "--report", str(path))
                kept[name] = path.read_text(encoding="utf-8")
            document = json.loads(made.says(f"show {name} as JSON", "show", "last", "--json"))
            for step in document["steps"]:
                made.says(f"why {name} {step['id']}", "why", "last", step["id"])
        made.says("runs", "runs")
        made.says("audit", "audit", "export")
        made.says("verify", "audit", "verify")
        made.says("estimates", "estimate", "--report")
    return made


def test_every_command_does_its_work(story: Story) -> None:
    """No attack makes a command fail; the audit record is whole afterwards."""
    assert {0} == set(story.codes.values()) - {30}, story.codes
    assert [] == [name for name, code in story.codes.items() if code == 30 and name != "ingest"]


def test_every_attack_came_in(story: Story) -> None:
    """Nothing is thrown away whole: each planted call and each planted deal is there, hostile or not."""
    with Workspace.open(story.folder) as hostile, Workspace.open(story.twin) as twin:
        assert {call.call_id for call in hostile.calls()} == {call.call_id for call in twin.calls()}
        assert {deal.opportunity_id for deal in hostile.deals()} == {deal.opportunity_id for deal in twin.deals()}
        assert len(entering(TURN)) == sum(call.call_id.startswith("X-") for call in hostile.calls())


def test_attacks_do_not_change_a_plan(story: Story) -> None:
    """The steps of each plan are those of the twin, with the same dependencies."""
    for question in QUESTIONS.values():
        plans = [EstatePlanner(folder).plan(question) for folder in (story.folder, story.twin)]
        steps = [[(step.task, step.args) for step in made.plan.steps] for made in plans]
        assert steps[0] == steps[1], question
        assert steps[0]


def test_nothing_steers_the_terminal(story: Story) -> None:
    """All that was printed holds no control, escape, direction or invisible character."""
    assert {} == {name: found for name, text in story.printed.items() if (found := steering(text))}


@pytest.mark.parametrize("name", QUESTIONS)
def test_html_does_nothing(story: Story, name: str) -> None:
    """A parser finds no script, handler, frame, form or foreign address, and the page is well formed."""
    page = read_html(story.html[name])
    assert not page.problems
    assert not page.open
    forbidden = {
        "script",
        "iframe",
        "object",
        "embed",
        "form",
        "input",
        "img",
        "link",
        "base",
        "math",
        "animate",
        "image",
    }
    assert not forbidden & {tag for tag, _ in page.elements}
    attributes = [(key, value or "") for _, found in page.elements for key, value in found]
    assert not [key for key, _ in attributes if key.startswith("on") or key in ("src", "srcset", "action", "srcdoc")]
    assert all(value.startswith("#") for key, value in attributes if "href" in key)
    assert 'content="0;url' not in story.html[name]
    assert not re.search(r"@import|url\(|https?:", " ".join(page.style))
    assert not steering(story.html[name])


@pytest.mark.parametrize("name", QUESTIONS)
def test_markdown_has_only_our_links(story: Story, name: str) -> None:
    """A renderer finds no HTML and no image; every link leads to a place within the report."""
    found = story.markdown[name]
    kinds = {token.type for token in inline(found)} | {token.type for token in blocks(found)}
    assert not kinds & {"html_inline", "html_block", "image"}
    links = [str(token.attrs["href"]) for token in inline(found) if token.type == "link_open"]
    assert {unquote(link) for link in links} <= {f"#{slug}" for slug in slugs(found)}
    assert not steering(found)


def test_attacks_reach_the_reader_as_text(story: Story) -> None:
    """The checks above look at something: attacks stand in the reports, and in what was printed, as plain text."""
    shown = " ".join(read_html(page).words for page in story.html.values())
    signs = ("DROP TABLE", "alert(1)", "evil.example", "{{ 7*7 }}", "HYPERLINK")
    assert len([sign for sign in signs if sign in shown]) >= 2, [sign for sign in signs if sign in shown]


@pytest.mark.parametrize("attack", [attack for attack in ATTACKS if CRM in attack.enters], ids=lambda one: one.name)
def test_an_attack_is_a_name_like_others(story: Story, attack: Attack) -> None:
    """The deals of an account with such a name are counted with that account, and with no other."""
    number = entering(CRM).index(attack)
    with Workspace.open(story.folder) as hostile:
        found = [deal for deal in hostile.deals() if deal.opportunity_id.startswith(f"X-{number}-")]
    assert 4 == len(found), attack.must_not
    assert 1 == len({deal.account for deal in found}), attack.must_not


def test_nothing_outside_is_touched(story: Story) -> None:
    """Written is the workspace alone; nothing is started, connected to or unpickled."""
    assert set() == story.touched.outside(story.folder)
    assert [] == story.touched.started
    assert not [path for path in story.touched.read if path.startswith("/etc/passwd") or "outside" in path]
    assert not list(Path.cwd().glob("pwned*"))
