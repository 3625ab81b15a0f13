"""A sample with attacks planted in it, its harmless twin, and independent looks at what the product does with both."""

from __future__ import annotations

import csv
import json
import os
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from domains.analysis.sample import generate, write
from tests.security.attacks import CRM, NAME, TURN, entering

__all__ = ["Touched", "steering", "watching", "write_data"]

_DEALS = (
    "opportunity_id",
    "account",
    "rep",
    "stage",
    "close_date",
    "engage_date",
    "amount",
    "competitor",
    "loss_reason",
)


def write_data(folder: Path, *, hostile: bool) -> Path:
    """Write a small sample and, beside it, rows and calls that hold the attacks, or plain words in their places."""

    def said(place: str) -> Iterator[tuple[int, str]]:
        for number, attack in enumerate(entering(place)):
            yield number, attack.text if hostile else f"Quiet {place} {chr(97 + number // 26)}{chr(97 + number % 26)}"

    write(generate(calls=24, deals=50), folder)
    with (folder / "strange_deals.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(_DEALS)
        for number, text in said(CRM):
            for deal in range(4):
                stage = "Closed Won" if deal % 4 else "Closed Lost"
                days = f"2026-0{deal + 2}-11", f"2026-0{deal + 1}-04"
                rows.writerow([f"X-{number}-{deal}", text, text, stage, *days, 900 + number, text, text])
    with (folder / "strange_accounts.csv").open("w", newline="", encoding="utf-8") as file:
        table = [[text, text, text] for _, text in said(CRM)]
        csv.writer(file).writerows([["account", "sector", "region"], *table])
    with (folder / "strange_competitors.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["name", "aliases"], *([text, json.dumps([text])] for _, text in said(CRM))])
    names = dict(said(NAME))
    with (folder / "strange_calls.jsonl").open("w", encoding="utf-8") as lines:
        for number, text in said(TURN):
            who = names[number % len(names)]
            turns = [
                {"role": "rep", "speaker": who, "text": f"What about Bequorant? {text}"},
                {"role": "prospect", "speaker": who, "text": f"{text} is too expensive for us. {text}"},
            ]
            call = {"call_id": f"X-{number}", "date": "2026-03-05", "title": text, "rep": who, "prospect": who}
            lines.write(json.dumps({**call, "amount": number % 2 * 500, "turns": turns}) + "\n")
    return folder


def steering(text: str) -> set[str]:
    """Return what in a text could steer a terminal, hide, or turn writing round."""
    kinds = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    # Persian and Hindi need the joiners, and so do emoji.
    return {f"U+{ord(c):04X}" for c in text if unicodedata.category(c) in kinds and c not in "\n\t\u200c\u200d"}


@dataclass
class Touched:
    """What a stretch of code opened and started, as the interpreter's audit events tell it."""

    read: set[str] = field(default_factory=set)
    written: set[str] = field(default_factory=set)
    started: list[tuple[str, Any]] = field(default_factory=list)

    def outside(self, *folders: Path) -> set[str]:
        """Return what was written that lies in none of some folders; compiled modules are Python's own business."""
        found = {Path(path).resolve() for path in self.written if "__pycache__" not in path and path != os.devnull}
        return {str(path) for path in found if not any(path.is_relative_to(folder.resolve()) for folder in folders)}


_WATCHERS: list[Touched] = []
_STARTS = frozenset(
    "subprocess.Popen os.system os.exec os.posix_spawn pickle.find_class socket.connect ctypes.dlopen webbrowser.open "
    "sqlite3.enable_load_extension urllib.Request".split()
)


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if not _WATCHERS:
        return
    watcher = _WATCHERS[-1]
    if event == "open" and isinstance(arguments[0], str | bytes):
        flags = arguments[2] if isinstance(arguments[2], int) else 0
        writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) or set(str(arguments[1] or "")) & set("wax+")
        (watcher.written if writes else watcher.read).add(os.path.abspath(os.fsdecode(arguments[0])))
    elif event == "sqlite3.connect":
        name = os.fsdecode(arguments[0]).removeprefix("file:").partition("?")[0]
        watcher.written.add(os.path.abspath(name))
    elif event in ("os.rename", "os.remove", "os.mkdir", "os.symlink", "os.link", "os.rmdir", "os.truncate"):
        watcher.written |= {os.path.abspath(os.fsdecode(one)) for one in arguments[:2] if isinstance(one, str | bytes)}
    elif event in _STARTS:
        watcher.started.append((event, arguments[:2]))


@cache
def _listen() -> None:
    sys.addaudithook(_note)  # stays for the life of the process, so once is enough


@contextmanager
def watching() -> Iterator[Touched]:
    """Watch what is opened, connected to and started until the block ends."""
    _listen()
    touched = Touched()
    _WATCHERS.append(touched)
    try:
        yield touched
    finally:
        _WATCHERS.remove(touched)
