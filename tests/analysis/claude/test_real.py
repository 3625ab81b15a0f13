"""The checks for a real key are themselves run, with the loopback server in the place of the service."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.analysis.claude import real
from tests.analysis.claude.conftest import Serve
from tests.analysis.claude.messages_server import text
from tests.analysis.claude.relay import relaying
from tests.analysis.claude.scripted import diligent


def test_a_service_that_works_passes(serve: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Everything is passed on, counted and checked, for the account and for all data."""
    with serve(diligent) as server:
        code = real.main(["--only", "prospect", "--only", "custom", "--json", str(tmp_path / "found.json")])
    found = json.loads((tmp_path / "found.json").read_text())
    assert 0 == code, capsys.readouterr().out
    assert len(server.requests) == sum(one["requests"] for one in found)
    assert all(one["by_claude"] == one["steps"] > 0 and one["output_tokens"] > 0 for one in found)
    assert 2 == capsys.readouterr().out.count("passed")


def test_a_service_that_refuses_does_not_pass(serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    """What was left to local analysts is told."""
    with serve(lambda _: text("No.", "refusal")):
        assert 1 == real.main(["--only", "custom"])
    assert "left to local analysts" in capsys.readouterr().out


def test_words_of_other_calls_are_found(workspace: Path) -> None:
    """A leak would be seen."""
    from domains.analysis.corpus.workspace import Workspace

    account = real._account(workspace)
    scope = (("account", account),)
    with Workspace.open(workspace) as opened:
        own = {call.call_id for call in opened.calls(scope)}
        said: dict[bool, list[str]] = {True: [], False: []}
        for identity, turns in opened.turns_by_call().items():
            said[identity in own] += [turn.text for turn in turns if len(turn.text) > 60]
    foreign = next(one for one in said[False] if not any(one in known for known in said[True]))
    assert [] == real.leaked(workspace, scope, json.dumps(said[True], ensure_ascii=False))
    assert [foreign] == list(dict.fromkeys(real.leaked(workspace, scope, f"... {foreign} ...")))


def test_without_a_key_nothing_is_sent(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A sentence, and exit code 2."""
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    assert 2 == real.main([])
    assert "ANTHROPIC_API_KEY" in capsys.readouterr().err


def test_the_relay_tells_what_is_wrong_with_a_request(serve: Serve) -> None:
    """It passes it on all the same: the service decides."""
    import anthropic

    answers: list[Any] = []
    with serve(lambda request: text("yes")) as server, relaying(server.url) as relay:
        client = anthropic.Anthropic(api_key="sk-test", base_url=relay.url, max_retries=0)
        with client, pytest.raises(anthropic.BadRequestError):
            answers.append(
                client.messages.create(model="m", max_tokens=5, messages=[{"role": "assistant", "content": []}])
            )
    assert (
        ["the roles do not alternate or do not end with the user: ['assistant']"] == relay.problems == server.problems
    )
