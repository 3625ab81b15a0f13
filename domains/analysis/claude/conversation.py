"""The model asked turn by turn until it answers: counted before it is sent, each answer on record, tools run here."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from domains.analysis.claude.client import Messages, Spent, check_ending, tokens_of
from domains.analysis.claude.configuration import Configuration
from domains.analysis.claude.narration import Narration
from domains.analysis.claude.tools import ReadingTools
from domains.analysis.claude.untrusted import as_data
from htn.execution.failures import FailureClass, StepError
from htn.execution.telemetry import tool_call
from htn.execution.turns import PlainTurns, Turn, Turns

if TYPE_CHECKING:
    from anthropic.types import Message

__all__ = ["Conversation", "prompt_hash"]

_NO_ROOM = "What was found does not fit into this conversation; answer now from what you have read."


def prompt_hash(request: dict[str, Any]) -> str:
    """Return the SHA-256 of a request, for the audit record: of its JSON with sorted keys.

    Examples
    --------
    >>> prompt_hash({"model": "a-model"})[:12]
    '3cb27248679f'
    """
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()


class Conversation:
    """One step's conversation with the model.

    Parameters
    ----------
    messages : Messages
        Where requests are sent.
    configuration : Configuration
        The limits.
    tools : ReadingTools or None
        What the model may call; nothing where None.
    turns : Turns, optional
        Where answers are recorded and what is being done is told; nowhere when left out.

    Attributes
    ----------
    spent : Spent
        Tokens of all its turns.
    paid : Spent
        Tokens of those that this try of the step asked for; answers that an earlier try got are counted there.
    prompts : list of str
        Hash of each request that was sent.
    """

    def __init__(
        self, messages: Messages, configuration: Configuration, tools: ReadingTools | None, turns: Turns | None = None
    ) -> None:
        self._messages = messages
        self._configuration = configuration
        self._tools = tools
        self._turns = turns or PlainTurns()
        self.spent = Spent()
        self.paid = Spent()
        self.prompts: list[str] = []

    def answer(self, model: str, system: list[dict[str, Any]], task: dict[str, Any], schema: dict[str, Any]) -> str:
        """Return the text of the model's answer, which is JSON held to a schema.

        Parameters
        ----------
        model : str
            Who is asked.
        system : list of dict
            The system prompt.
        task : dict
            The first message.
        schema : dict
            JSON schema of the answer.

        Raises
        ------
        StepError
            When a limit is reached or the request fails, with the class of the failure.
        """
        request: dict[str, Any] = {
            "model": model,
            "max_tokens": self._configuration.max_output_tokens,
            "system": system,
            "messages": [task],
            "tools": [] if self._tools is None else self._tools.described(),
            "output_config": {"format": {"type": "json_schema", "schema": schema}},
            "cache_control": {"type": "ephemeral"},
        }
        turns = self._configuration.max_turns
        for turn in range(1, turns + 1):
            if turn == turns:
                request["tool_choice"] = {"type": "none"}
            message = self.turn(request)
            if message.stop_reason not in ("tool_use", "pause_turn"):
                return "".join(block.text for block in message.content if block.type == "text")
            said = {"role": "assistant", "content": [block.to_dict(mode="json") for block in message.content]}
            request["messages"] = [*request["messages"], said, *self._results(message)]
        raise StepError(f"the model gave no answer in {turns} turns", FailureClass.MALFORMED_OUTPUT)

    def turn(self, request: dict[str, Any]) -> Message:
        """Return the answer to a request, the recorded one where there is one; the request is left as it was sent.

        Raises
        ------
        StepError
            When a limit is reached or the request fails, with the class of the failure.
        """
        from anthropic.types import Message

        turn = self._turns.once(prompt_hash(request), lambda: self._ask(dict(request)))
        if turn.document["no_room"]:
            _give_up_last(request)
        self.prompts.append(prompt_hash(request))
        self.spent.add(turn.input_tokens, turn.output_tokens)
        if not turn.earlier:
            self.paid.add(turn.input_tokens, turn.output_tokens)
        message = Message.construct(**turn.document["message"])
        check_ending(message)
        return message

    def _ask(self, request: dict[str, Any]) -> Turn:
        """Make room, send, and return what has to be kept of the answer."""
        no_room = self._make_room(request)
        known = frozenset[str]() if self._tools is None else self._tools.names
        message = self._messages.create(request, Narration(self._turns, known).hear)
        called = [block.name for block in message.content if block.type == "tool_use"]
        return Turn(
            {"no_room": no_room, "message": message.to_dict(mode="json")},
            *tokens_of(message),
            tuple(name if name in known else "a tool that there is not" for name in called),
            prompt_hash(request),
        )

    def _make_room(self, request: dict[str, Any]) -> bool:
        """Count the tokens of a request; give up what was read last where they are too many, and say whether.

        Raises
        ------
        StepError
            When even then they are too many, so that another agent is asked.
        """
        limit = self._configuration.max_input_tokens
        tokens = self._messages.count(request)
        no_room = tokens > limit and len(request["messages"]) > 1
        if no_room:
            _give_up_last(request)
            tokens = self._messages.count(request)
        if tokens > limit:
            raise StepError(
                f"the material takes {tokens:,} tokens and one request may hold {limit:,}", FailureClass.CAPABILITY_GONE
            )
        budget = self._configuration.max_step_tokens
        if self.spent.total + tokens > budget:
            raise StepError(
                f"going on would take the step beyond its {budget:,} tokens ({self.spent.total:,} are used)",
                FailureClass.CAPABILITY_GONE,
            )
        return no_room

    def _results(self, message: Message) -> list[dict[str, Any]]:
        """Return the message with the results of the tools that the model called; none when it called none."""
        results = []
        for block in message.content:
            if block.type != "tool_use":
                continue
            arguments = block.input if isinstance(block.input, dict) else {}
            known = frozenset[str]() if self._tools is None else self._tools.names
            with tool_call(block.name if block.name in known else "unknown") as reported:
                found, wrong = (
                    ("there are no tools", True) if self._tools is None else self._tools.call(block.name, arguments)
                )
                reported.error = "refused" if wrong else ""
            content = found if wrong else as_data(block.name, found)
            results.append({"type": "tool_result", "tool_use_id": block.id, "content": content, "is_error": wrong})
        return [{"role": "user", "content": results}] if results else []


def _give_up_last(request: dict[str, Any]) -> None:
    """Have the model answer without what was read last."""
    last = request["messages"][-1]
    given_up = [{**block, "content": _NO_ROOM, "is_error": True} for block in last["content"]]
    request["messages"] = [*request["messages"][:-1], {"role": "user", "content": given_up}]
    request["tool_choice"] = {"type": "none"}
