"""What people set for agents is read, or refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from htn.execution.agent_settings import AgentSettings
from htn.execution.runs import list_runs, start_run
from htn.model.errors import InputError
from tests.execution.toy import FunctionAgent, make_plan, reference

FILE = """
[anthropic]
agents = ["* (Claude)"]
places = 4
requests_per_minute = 50
tokens_per_minute = 80_000
priority = 2

[rest]
agents = ["*"]
"""


def test_the_first_table_that_names_an_agent_holds(tmp_path: Path):
    """And an agent's own priority where the file gives none."""
    (tmp_path / "agents.toml").write_text(FILE)
    settings = AgentSettings.of_workspace(tmp_path)
    claude, local = FunctionAgent(lambda request: None, name="x (Claude)"), FunctionAgent(lambda request: None)
    found = settings.of("x (Claude)")
    assert found is not None
    assert (found.name, found.places, found.tokens_per_minute, found.has_rate) == ("anthropic", 4, 80_000, True)
    assert (settings.priority(claude), settings.priority(local)) == (2, 0)
    local.priority = 7  # type: ignore[attr-defined]  # what an agent may have
    assert settings.priority(local) == 7
    assert AgentSettings.of_workspace(tmp_path / "elsewhere").of("x") is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("places = 3", "'places' is no table"),
        ("[a]\nplaces = 3", "needs agents, a list of names"),
        ("[a]\nagents = []", "needs agents, a list of names"),
        ("[a]\nagents = ['*']\nspeed = 1", "'speed', which is not understood"),
        ("[a]\nagents = ['*']\nplaces = 0", "a whole number above 0, not 0"),
        ("[a]\nagents = ['*']\nplaces = 1.5", "a whole number above 0, not 1.5"),
        ("[a]\nagents = ['*']\nrequests_per_minute = true", "a number above 0, not True"),
        ("[a]\nagents = ['*']\npriority = 'high'", "a whole number, not 'high'"),
        ("[a", "cannot be read as TOML"),
    ],
)
def test_settings_that_are_wrong_are_one_sentence(tmp_path: Path, text: str, why: str):
    """Nothing is run with limits other than those that were meant."""
    (tmp_path / "agents.toml").write_text(text)
    with pytest.raises(InputError, match=rf"agents\.toml: .*{why}"):
        AgentSettings.of_workspace(tmp_path)
    with pytest.raises(InputError, match=why):
        start_run(tmp_path, make_plan({"a": []}), reference())
    assert list_runs(tmp_path) == []
