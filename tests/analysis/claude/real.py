"""The checks of the loopback server against the real service: ``python -m tests.analysis.claude.real``, with a key.

All seven types of analysis are run on made-up data through a relay that records what is sent. Tokens are used: the
number is told type by type, and `--only` runs one.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from domains.analysis.claude.configuration import KEY, obstacle
from domains.analysis.cli import main as estate
from domains.analysis.corpus.workspace import Workspace
from domains.analysis.scope import Scope
from htn.execution.journal import Journal
from tests.analysis.claude.relay import Relay, relaying
from tests.analysis.estate_sample import make_workspace

__all__ = ["QUESTIONS", "Checked", "leaked", "main"]

QUESTIONS = {
    "prospect": "Tell me everything about {account}",
    "pipeline": "Where does our pipeline stand?",
    "competitive": "Which competitors do we lose to?",
    "performance": "How are our reps performing?",
    "enablement": "Does our content help us win deals?",
    "pattern": "Which phrases separate won calls from lost ones?",
    "custom": "Win rate by region",
}
LOCAL = frozenset({"retrieval", "quality reviewer"})
ADDRESS = "https://api.anthropic.com"


@dataclass
class Checked:
    """What came of one type of analysis.

    Attributes
    ----------
    analysis : str
        The type.
    requests, input_tokens, output_tokens : int
        What it took.
    by_claude, steps : int
        Tries that Claude agents finished, and steps that are not kept local.
    dropped : int
        How much of what the model wrote did not hold, by the answer's exclusions.
    wrong : list of str
        Checks that were not passed.
    """

    analysis: str
    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    by_claude: int = 0
    steps: int = 0
    dropped: int = 0
    wrong: list[str] = field(default_factory=list)


def leaked(workspace: Path, scope: Scope, sent: str) -> list[str]:
    """Return what was said on calls outside a scope, and on none inside it, and stands in what was sent."""
    with Workspace.open(workspace) as opened:
        own = {call.call_id for call in opened.calls(scope)}
        texts = {identity: [turn.text for turn in turns] for identity, turns in opened.turns_by_call().items()}
    common = {text for identity in own for text in texts.get(identity, ())}
    others = (text for identity in sorted(set(texts) - own) for text in texts[identity] if len(text) > 60)
    return [text for text in others if text in sent and not any(text in known for known in common)]


def _account(workspace: Path) -> str:
    with Workspace.open(workspace) as opened:
        query = "SELECT account FROM calls WHERE account IS NOT NULL GROUP BY account ORDER BY COUNT(*) DESC, account"
        return str(opened.connection.execute(query).fetchone()[0])


def check(analysis: str, workspace: Path, relay: Relay) -> Checked:
    """Run one type of analysis, and check what the tests check."""
    found, before = Checked(analysis), (len(relay.requests), len(relay.problems))
    question = QUESTIONS[analysis].format(account=_account(workspace))
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = estate(["run", question, "--workspace", str(workspace), "--json", "--agents", "claude"])
    document: dict[str, Any] = json.loads(out.getvalue())
    if code or document.get("status") != "completed":
        found.wrong.append(f"not completed: {document.get('sentence') or document.get('message')}")
    if "run_id" not in document:
        return found
    if document["analysis"] != analysis:
        found.wrong.append(f"the question was taken for {document['analysis']}")
    if "leave this machine" not in err.getvalue():
        found.wrong.append("what leaves was not said before")
    _count(found, workspace, document)
    sent = relay.requests[before[0] :]
    found.requests = len(sent)
    found.wrong += [f"a request is not as it should be: {problem}" for problem in relay.problems[before[1] :]]
    scope = (("account", _account(workspace)),) if analysis == "prospect" else ()
    if leaked(workspace, scope, json.dumps(sent, ensure_ascii=False)):
        found.wrong.append("words of calls that the question does not concern were sent")
    written = b"".join(path.read_bytes() for path in workspace.rglob("*") if path.is_file())
    if os.environ[KEY].strip().encode() in written + out.getvalue().encode() + err.getvalue().encode():
        found.wrong.append("the key was written down")
    return found


def _count(found: Checked, workspace: Path, document: dict[str, Any]) -> None:
    with Journal(workspace, readonly=True) as journal:
        tries = journal.attempts(document["run_id"])
    done = [one for one in tries if one.status == "finished" and one.agent not in LOCAL]
    by_claude = [one for one in done if (one.agent or "").endswith("(Claude)")]
    found.steps, found.by_claude = len(done), len(by_claude)
    for one in tries:
        found.input_tokens += one.usage.get("input_tokens", 0)
        found.output_tokens += one.usage.get("output_tokens", 0)
    if len(by_claude) < len(done):
        found.wrong.append(f"{len(done) - len(by_claude)} steps were left to local analysts; estate why says why")
    if not all(one.usage.get("output_tokens") for one in by_claude):
        found.wrong.append("a step has no tokens on record")
    answer = document.get("answer") or {}
    found.dropped = sum(e["count"] for e in answer.get("exclusions", ()) if e["what"].endswith("of the model"))


def main(argv: Sequence[str] | None = None) -> int:
    """Run the checks and print a line for each type; 0 when all are passed, 1 when not, 2 without a key."""
    parser = argparse.ArgumentParser(description="Run all seven analyses with the real service, on made-up data.")
    parser.add_argument("--only", action="append", choices=list(QUESTIONS), help="only this type")
    parser.add_argument("--json", metavar="FILE", help="write what was found here")
    arguments = parser.parse_args(argv)
    reason = obstacle()
    if reason is not None:
        print(reason, file=sys.stderr)
        return 2
    results = []
    upstream = os.environ.get("ANTHROPIC_BASE_URL") or ADDRESS
    with tempfile.TemporaryDirectory() as folder, relaying(upstream) as relay:
        workspace = make_workspace(Path(folder), calls=60, deals=160)
        os.environ["ANTHROPIC_BASE_URL"] = relay.url
        try:
            for analysis in arguments.only or QUESTIONS:
                results.append(found := check(analysis, workspace, relay))
                tokens = f"{found.input_tokens:8,} + {found.output_tokens:6,} tokens"
                steps = f"{found.by_claude} of {found.steps} steps by Claude"
                verdict = "; ".join(found.wrong) or "passed"
                print(
                    f"{analysis:12} {found.requests:3} requests  {tokens}  {steps}  {found.dropped} dropped  {verdict}",
                    flush=True,
                )
        finally:
            os.environ["ANTHROPIC_BASE_URL"] = upstream
    if arguments.json:
        Path(arguments.json).write_text(json.dumps([asdict(found) for found in results], indent=1), encoding="utf-8")
    return 1 if any(found.wrong for found in results) else 0


if __name__ == "__main__":
    sys.exit(main())
