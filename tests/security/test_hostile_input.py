"""Attacks in questions, run ids, notes, files and model output: one clear sentence, or plain text."""

from __future__ import annotations

import ast
import json
import os
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import domains
import estimators
import htn
from domains.analysis.cli import main
from domains.analysis.corpus.ingest import ingest
from domains.analysis.corpus.workspace import Workspace
from tests.analysis.claude.messages_server import serving, text, tool, tool_results
from tests.analysis.claude.scripted import diligent
from tests.analysis.report.reading import read_html
from tests.security.attacks import CONTENT, FILE, MODEL, NOTE, QUESTION, RUN, Attack, entering
from tests.security.hostile import steering, watching, write_data

# Done; something given cannot be used; the question is to be put again, or refused; a file; the command line.
SENTENCES = {0, 2, *range(30, 37), 50}
CALL = '{"call_id": "a", "date": "2024-01-01", "turns": [{"role": "rep", "text": "hi"}]}\n'
Say = Callable[..., tuple[int, str]]


def named(attack: Attack) -> str:
    """Return what a test of an attack is called."""
    return attack.name


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A harmless workspace with one run."""
    base = tmp_path_factory.mktemp("input")
    main(["ingest", str(write_data(base / "data", hostile=False)), "--workspace", str(base / "w")])
    assert 0 == main(["run", "Win rate by rep", "--quiet", "--workspace", str(base / "w")])
    return base / "w"


@pytest.fixture
def say(workspace: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    """Return what carries a command out and gives its exit code and all that it printed."""

    def said(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        end = arguments.index("--") if "--" in arguments else len(arguments)
        try:
            code = main([*arguments[:end], "--workspace", str(workspace), *arguments[end:]])
        except SystemExit as left:  # argparse's way to refuse
            code = int(str(left.code))
        found = capsys.readouterr()
        return code, found.out + found.err

    return said


@pytest.mark.parametrize("attack", entering(QUESTION), ids=named)
def test_questions_are_words(attack: Attack, say: Say) -> None:
    """A hostile question is planned, asked back or refused; what is said of it is printable, as JSON too."""
    for option in ((), ("--json",)):
        for question in (attack.text, f"Win rate by rep {attack.text}"):
            with watching() as touched:
                code, printed = say("plan", *option, "--", question)
            assert code in SENTENCES, printed
            assert not steering(printed), attack.must_not
            assert not [path for path in touched.read if path == "/etc/passwd"], attack.must_not


@pytest.mark.parametrize("attack", entering(RUN), ids=named)
def test_run_ids_are_looked_up_and_nothing_else(attack: Attack, say: Say) -> None:
    """No run has such a name; no file of that name is read or written."""
    commands = [("show", "--"), ("cancel", "--"), ("why", "--", "last"), ("approve", "--no", "--", "last")]
    for command in [*commands, ("audit", "export", "--"), ("show",)]:
        with watching() as touched:
            code, printed = say(*command, attack.text)
        assert code in SENTENCES - {0}, printed
        assert not steering(printed), attack.must_not
        assert "/etc/passwd" not in touched.read, attack.must_not


def test_notes_are_kept_and_shown_as_words(say: Say) -> None:
    """Who answered and why may be any text: it is stored as it is and printed harmlessly."""
    short = [attack.text for attack in entering(NOTE) if len(attack.text) < 60]
    notes = "\n".join(text for text in short if not {"Cs"} & {unicodedata.category(char) for char in text})[:1_990]
    assert steering(notes)
    code, _ = say("run", "Win rate by region", "--quiet", "--approve", "measure", "--no-wait")
    assert 42 == code
    step = json.loads(say("show", "last", "--json")[1])["waiting"][0]
    code, printed = say("approve", "last", step, "--no", f"--note={notes}", f"--by={notes[:90]}")
    assert 0 == code, printed
    more = [say(*command) for command in (("show", "last"), ("why", "last", step), ("audit", "export"), ("runs",))]
    for _, shown in [(0, printed), *more]:
        assert not steering(shown)
    assert "DROP TABLE" in more[2][1]
    assert 0 == say("audit", "verify")[0]


@pytest.mark.parametrize("attack", entering(FILE), ids=named)
def test_file_names_are_only_names(attack: Attack, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file is read whatever its name is, by itself and in its folder, and the name is printed harmlessly."""
    name = os.fsencode(attack.text.replace("/", "\u2215")).lstrip(b".") + b".jsonl"  # hidden files are left out
    folder = tmp_path / "data"
    folder.mkdir()
    with open(os.fsencode(folder) + b"/" + name[-240:], "w", encoding="utf-8") as file:
        file.write(CALL)
    with watching() as touched:
        code = main(["ingest", str(folder), "--workspace", str(tmp_path / "w")])
    said = capsys.readouterr()
    assert 0 == code, said
    assert not steering(said.out + said.err), attack.must_not
    assert not touched.outside(tmp_path / "w"), attack.must_not
    assert [] == touched.started, attack.must_not


@pytest.mark.parametrize("attack", entering(CONTENT), ids=named)
def test_contents_are_read_or_named(attack: Attack, tmp_path: Path) -> None:
    """A file comes in or is left out with one sentence; a good one beside it always comes in."""
    path = tmp_path / "data" / attack.name
    path.parent.mkdir()
    path.write_bytes(attack.payload if isinstance(attack.payload, bytes) else attack.payload.encode())
    (tmp_path / "data" / "good.jsonl").write_text(CALL)
    with Workspace.open(tmp_path / "w", create=True) as opened, watching() as touched:
        report = ingest(opened, [tmp_path / "data"])
        assert "a" in {call.call_id for call in opened.calls()}, attack.must_not
    assert 2 == len(report.read) + len(report.skipped)
    assert all("\n" not in item.reason for item in report.skipped)
    assert not steering(report.to_text())
    assert not touched.outside(tmp_path / "w"), attack.must_not
    assert [] == touched.started, attack.must_not


def test_links_lead_nowhere(tmp_path: Path) -> None:
    """Links out of the folder, to files and folders, are not followed: the canary behind them is never opened."""
    (tmp_path / "outside").mkdir()
    canary = tmp_path / "outside" / "canary.jsonl"
    canary.write_text(CALL)
    data = tmp_path / "data"
    data.mkdir()
    (data / "good.jsonl").write_text(CALL)
    (data / "link.jsonl").symlink_to(canary)
    (data / "folder").symlink_to(tmp_path / "outside")
    (data / "loop").symlink_to(data)
    (data / "up.jsonl").symlink_to("../outside/canary.jsonl")
    with Workspace.open(tmp_path / "w", create=True) as opened, watching() as touched:
        report = ingest(opened, [data])
    assert 1 == len(report.read)
    assert not [path for path in touched.read if os.path.realpath(path) == str(canary)]


def test_model_output_is_data(say: Say, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that puts attacks into tool calls, claims, notes and headline starts nothing and steers nothing."""
    attacks = [attack.text for attack in entering(MODEL)]

    def model(request: dict[str, Any]) -> Any:
        if not tool_results(request):
            reply = tool("list_calls", offset=0)
            calls = [
                {"type": "tool_use", "id": f"toolu_{number}", "name": name, "input": {key: payload, **more}}
                for number, payload in enumerate(attacks[::4])
                for name, key, more in [("read_turns", "call_id", {"first": 0}), ("search_calls", "words", {})]
            ]
            for number, call in enumerate(calls):
                call["id"] = f"toolu_{number}"
            reply["content"] += calls
            return reply
        draft = json.loads(diligent(request)["content"][0]["text"])
        plain = [payload for payload in attacks if not any(char.isdigit() for char in payload)]
        for number, payload in enumerate(plain):
            if draft["findings"]:
                found = draft["findings"][number % len(draft["findings"])]
                draft["findings"].append({**found, "claim": payload[:300], "note": payload[:300]})
        return text({**draft, "limits": plain, **({"headline": plain[0]} if "headline" in draft else {})})

    report = tmp_path / "report.html"
    with serving(model) as server:
        monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-test-0123456789")
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        with watching() as touched:
            code, printed = say("run", "Win rate by rep", "--quiet", "--agents", "claude", "--report", str(report))
    assert server.requests
    assert [] == server.problems
    assert 0 == code, printed
    for shown in (printed, *(say(*command)[1] for command in (("show", "last"), ("show", "last", "--json")))):
        assert not steering(shown)
    page = read_html(report.read_text(encoding="utf-8"))
    assert not page.problems
    assert not {"script", "iframe", "img", "form", "input", "base", "object"} & {tag for tag, _ in page.elements}
    assert all(value.startswith("#") for value in page.attributes("href"))
    assert not touched.outside(workspace, tmp_path)
    assert not [event for event, _ in touched.started if event in ("os.system", "os.exec", "pickle.find_class")]


@pytest.mark.parametrize("option", ["--out", "--report"])
def test_where_something_was_written_is_said_harmlessly(option: str, say: Say, tmp_path: Path) -> None:
    """The name of a file that was written is printed like other text from outside."""
    path = tmp_path / "\x1b[2J\u202ex.html"
    code, printed = say("plan" if option == "--out" else "run", "Win rate by rep", f"{option}={path}")
    assert 0 == code
    assert path.exists()
    assert not steering(printed)


def test_a_file_name_like_an_option_is_refused_harmlessly(say: Say) -> None:
    """Where a shell fills in a name that begins with a dash, the refusal does not repeat its escapes."""
    code, printed = say("ingest", "--\x1b[2J\u202ename.csv")
    assert 2 == code
    assert not steering(printed)


def test_nothing_is_unpickled_or_evaluated() -> None:
    """No module of the product imports what builds objects from data, or calls eval, a shell or a YAML loader."""
    modules = {"pickle", "cPickle", "_pickle", "shelve", "marshal", "dill", "cloudpickle", "joblib", "yaml"}
    calls = {"eval", "os.system", "os.popen", "subprocess.getoutput", "numpy.load", "np.load", "pd.read_pickle"}
    found = []
    for package in (htn, domains, estimators):
        for path in sorted(Path(next(iter(package.__path__))).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names: list[str] = []
                if isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names if alias.name.partition(".")[0] in modules]
                elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in modules:
                    names = [str(node.module)]
                elif isinstance(node, ast.Call):
                    shell = any(key.arg == "shell" for key in node.keywords)
                    names = [name for name in [ast.unparse(node.func)] if name in calls or shell]
                found += [f"{path}:{getattr(node, 'lineno', 0)}: {name}" for name in names]
    assert [] == found
