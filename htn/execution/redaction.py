"""Takes secrets and configured personal data out of what is written to the audit record."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from htn.model.errors import InputError
from htn.model.settings import read_settings

__all__ = ["CONFIGURATION", "Redactor", "load_redactor"]

CONFIGURATION = "audit.toml"

# Fields whose value is a secret whatever it looks like; `input_tokens` is not one.
_SECRET_FIELD = re.compile(
    r"(?:^|[_-])(?:password|passwd|passphrase|secret|token|api[_-]?key|private[_-]?key|authorization|credentials?)$",
    re.IGNORECASE,
)
_SECRETS = (
    # Keys with the prefixes of well-known services: model providers, code hosts, clouds, chat.
    re.compile(r"\b(?:sk|pk|rk)-[A-Za-z0-9_-]{16,}|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}"),
    re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bxox[abeprs]-[A-Za-z0-9-]{10,}|\bAIza[\w-]{30,}"),
    re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"),  # a JSON web token
    re.compile(r"(?<=://)[^\s/:@]*:[^\s@]+(?=@)"),  # user and password in an address; a password may have slashes
    re.compile(r"(?i)\bbearer\s+[\w.~+/=-]{8,}"),
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL),
    re.compile(r"(?i)\b(?:password|passwd|secret|api[_-]?key|access[_-]?token)\b[\"']?\s*[=:]\s*[\"']?[^\s\"',;&]+"),
)
_EMAIL = re.compile(r"[\w.%+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"\+\d[\d ()/.-]{6,}\d")


class Redactor:
    """Replaces secrets always, and personal data as configured.

    Parameters
    ----------
    words : sequence of str
        Names and the like, found as whole words in any case.
    patterns : sequence of str
        Regular expressions.
    emails, phones : bool
        Whether addresses and international telephone numbers are taken out.

    Examples
    --------
    >>> redactor = Redactor(words=["Jane Doe"], emails=True)
    >>> redactor.text("jane doe <jane@example.org> used sk-abcdefghijklmnop1234")
    '[personal] <[personal]> used [secret]'
    >>> redactor.data({"api_key": "hunter2", "input_tokens": 12})
    {'api_key': '[secret]', 'input_tokens': 12}
    """

    def __init__(
        self,
        *,
        words: Sequence[str] = (),
        patterns: Sequence[str] = (),
        emails: bool = False,
        phones: bool = False,
    ) -> None:
        self._personal = [re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE) for word in words if word]
        self._personal += [re.compile(pattern) for pattern in patterns]
        self._personal += [pattern for wanted, pattern in ((emails, _EMAIL), (phones, _PHONE)) if wanted]

    def text(self, text: str) -> str:
        """Return a text without secrets and configured personal data."""
        if not text.isascii():  # half characters cannot be written
            text = text.encode("utf-8", "replace").decode()
        for pattern in _SECRETS:
            text = pattern.sub("[secret]", text)
        for pattern in self._personal:
            text = pattern.sub("[personal]", text)
        return text

    def data(self, value: Any) -> Any:
        """Return any data as JSON data without secrets and configured personal data."""
        if value is None or isinstance(value, (bool, int)):
            return value
        if isinstance(value, float):
            return value if math.isfinite(value) else str(value)
        if isinstance(value, Mapping):
            return {self.text(str(name)): self._field(str(name), item) for name, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.data(item) for item in value]
        return self.text(str(value))

    def _field(self, name: str, value: Any) -> Any:
        return "[secret]" if _SECRET_FIELD.search(name) and value is not None else self.data(value)


def load_redactor(workspace: Path) -> Redactor:
    """Return the redactor that a workspace's ``audit.toml`` configures; without the file only secrets are taken out.

    Raises
    ------
    InputError
        When the file cannot be read as such a configuration.
    """
    path = workspace / CONFIGURATION
    document = read_settings(path)
    if document is None:
        return Redactor()
    known = {"words": list, "patterns": list, "emails": bool, "phones": bool}
    table = document.get("redact", {})
    wrong = [name for name in document if name != "redact"]
    if not isinstance(table, dict):
        wrong = ["redact"]
        table = {}
    wrong += [name for name, value in table.items() if not isinstance(value, known.get(name, ()))]
    wrong += [name for name in ("words", "patterns") if any(not isinstance(item, str) for item in table.get(name, ()))]
    if wrong:
        raise InputError(
            f"{wrong[0]!r} is not understood; [redact] has words and patterns (lists of text), "
            "emails and phones (true or false)",
            path=str(path),
        )
    try:
        return Redactor(**table)
    except re.error as error:
        raise InputError(f"{error.pattern!r} is no regular expression ({error})", path=str(path)) from error
