"""Reading a transcript file: subtitles (.vtt, .srt) and plain text with a speaker before each line (.txt)."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass

from domains.analysis.corpus.call_header import Header, apply_header, date_in_name, read_header
from domains.analysis.corpus.files import SourceFile
from domains.analysis.corpus.mapping import Rules
from domains.analysis.corpus.names import name_key
from domains.analysis.corpus.parsed import Parsed, ParsedCall, ParsedTurn, SkipFileError
from domains.analysis.corpus.speakers import label_role, named_speakers, split_speaker
from domains.analysis.corpus.text import clean_name

__all__ = ["read_plain_text", "read_subtitles"]

_TIMING = re.compile(r"\s*(?:\d+:)?\d{1,2}:\d{1,2}[.,]\d{1,3}\s*-->\s*(?:\d+:)?\d{1,2}:\d{1,2}[.,]\d{1,3}")
# Bounded: a long line of opening brackets must not cost quadratic time.
_VOICE = re.compile(r"<v(?:\.[\w.]{1,80})?\s+([^<>]{1,200})>")
_TAG = re.compile(r"</?[a-zA-Z0-9][^<>]{0,200}>|\{\\[^{}]{1,40}\}")
_STAMP = re.compile(r"[\[(]?((?:\d{1,2}:)?\d{1,2}:\d{2}(?:\.\d+)?)[\])]?\s+")


@dataclass(slots=True)
class _Piece:
    """Something said, by whom as far as the file tells, and when."""

    speaker: str | None
    text: str
    start_s: float | None = None
    end_s: float | None = None


def read_subtitles(file: SourceFile, text: str, rules: Rules) -> Parsed:
    """Return the call in a WebVTT or SRT file; cues of one speaker in a row make one turn.

    Raises
    ------
    SkipFileError
        When a cue cannot be read, or there is none.
    """
    vtt = file.path.suffix.lower() == ".vtt"
    pieces = [piece for cue in _cues(text, vtt) for piece in cue]
    parsed = Parsed("transcript")
    header, _ = read_header(text.split("-->", 1)[0].splitlines(), anywhere=True) if vtt else ({}, 0)
    _add_call(parsed, file, header, _with_prefixes(pieces), rules)
    return parsed


def read_plain_text(file: SourceFile, text: str, rules: Rules) -> Parsed:
    """Return the call in a text file of lines like ``Ann: Good morning``, with an optional header.

    Raises
    ------
    SkipFileError
        When fewer than two lines name a speaker.
    """
    lines = text.splitlines()
    header, start = read_header(lines)
    pieces = _lines_to_pieces(lines[start:])
    if len(pieces) < 2 and start:
        # "Rep: Hello" at the top was not a header but the first turn.
        header, pieces = {}, _lines_to_pieces(lines)
    if len(pieces) < 2:
        raise SkipFileError("it is no transcript: fewer than two lines are of the form `Speaker: text`")
    parsed = Parsed("transcript")
    before = _lines_before_speaker(lines[start:] if header else lines)
    if before:
        parsed.report(
            start + 1, f"{before} lines before the first speaker", "left out", "calls: lines before a speaker"
        )
    _add_call(parsed, file, header, pieces, rules)
    return parsed


def _cues(text: str, vtt: bool) -> list[list[_Piece]]:
    from webvtt import WebVTT
    from webvtt.errors import MalformedCaptionError, MalformedFileError

    lines = text.splitlines()
    timings = 0
    for number, line in enumerate(lines, 1):
        if "-->" in line:
            timings += 1
            # The library passes over what it cannot read; half a call would look like a whole one.
            if not _TIMING.match(line):
                raise SkipFileError("the cue's times cannot be read", number)
    try:
        found = WebVTT.from_buffer(iter(lines), format="vtt" if vtt else "srt").captions
    except MalformedFileError:
        what = "it does not start with WEBVTT" if vtt else "it does not start with a cue number and its times"
        raise SkipFileError(f"{what}, as a {'WebVTT' if vtt else 'SRT'} file does", 1) from None
    except MalformedCaptionError as problem:
        raise SkipFileError(f"a cue cannot be read: {clean_name(str(problem))}") from None
    if len(found) != timings:
        raise SkipFileError(
            f"only {len(found)} of its {timings} cues can be read: check the file's line ends and numbers"
        )
    if not found:
        raise SkipFileError("it has no cues")
    return [_cue_pieces(cue.raw_text, _seconds(cue.start), _seconds(cue.end)) for cue in found]


def _cue_pieces(raw: str, start: float, end: float) -> list[_Piece]:
    pieces = []
    parts = _VOICE.split(raw)
    for at in range(0, len(parts), 2):
        speaker = html.unescape(parts[at - 1]) if at else None
        said = html.unescape(_TAG.sub("", parts[at]))
        if said.strip():
            pieces.append(_Piece(speaker, said, start, end))
    return pieces


def _with_prefixes(pieces: list[_Piece]) -> list[_Piece]:
    """Return the pieces split where a line starts with a speaker's name; only where there are no voice tags."""
    if any(piece.speaker for piece in pieces):
        return pieces
    lines = [(piece, line.strip().removeprefix("- ")) for piece in pieces for line in piece.text.split("\n")]
    speakers = named_speakers(line for _, line in lines)
    split: list[_Piece] = []
    for piece, line in lines:
        speaker, said = split_speaker(line, speakers)
        if speaker is None and split and split[-1].start_s == piece.start_s:
            split[-1].text += " " + said
        elif said:
            split.append(_Piece(speaker, said, piece.start_s, piece.end_s))
    return split


def _lines_to_pieces(lines: list[str]) -> list[_Piece]:
    stripped = [_without_stamp(line.strip()) for line in lines]
    speakers = named_speakers(line for _, line in stripped)
    pieces: list[_Piece] = []
    for start, line in stripped:
        speaker, said = split_speaker(line, speakers)
        if speaker is not None:
            pieces.append(_Piece(speaker, said, start))
        elif pieces and said:
            pieces[-1].text += "\n" + said
    return pieces


def _lines_before_speaker(lines: list[str]) -> int:
    stripped = [_without_stamp(line.strip())[1] for line in lines]
    speakers = named_speakers(stripped)
    spoken = (at for at, line in enumerate(stripped) if split_speaker(line, speakers)[0] is not None)
    return sum(1 for line in stripped[: next(spoken, 0)] if line)


def _without_stamp(line: str) -> tuple[float | None, str]:
    found = _STAMP.match(line)
    return (_seconds(found[1]), line[found.end() :]) if found else (None, line)


def _seconds(stamp: str) -> float:
    seconds = 0.0
    for part in stamp.split(":"):
        seconds = seconds * 60 + float(part)
    return round(seconds, 3)


def _add_call(parsed: Parsed, file: SourceFile, header: Header, pieces: list[_Piece], rules: Rules) -> None:
    stem = clean_name(file.path.stem) or "call"
    call = ParsedCall(f"{stem}-{file.sha256[:8]}", [])
    apply_header(parsed, call, header, rules.date_order)
    if call.date is None:
        call.date = date_in_name(stem)
        if call.date is not None:
            parsed.report(None, f"the date {call.date} is from the file's name", "kept", "date from the file's name")
        else:
            parsed.report(None, "the call has no date", "kept; in no period", "calls without a date")
    call.turns = [_turn(parsed, piece, call) for piece in _merged(pieces)]
    ends = [turn.end_s for turn in call.turns if turn.end_s is not None]
    if call.duration_s is None and ends:
        call.duration_s = max(ends)
    if not any(turn.speaker for turn in call.turns):
        parsed.report(None, "no cue names its speaker", "kept; roles unknown", "calls without speakers")
    parsed.calls.append(call)


def _merged(pieces: Iterable[_Piece]) -> list[_Piece]:
    """Return the pieces with those of one speaker in a row made one; one without a speaker goes on with the last."""
    merged: list[_Piece] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if last is not None and last.speaker is not None and piece.speaker in (None, last.speaker):
            last.text += ("\n" if last.end_s is None else " ") + piece.text
            last.end_s = piece.end_s
        else:
            merged.append(piece)
    return merged


def _turn(parsed: Parsed, piece: _Piece, call: ParsedCall) -> ParsedTurn:
    speaker = parsed.name(piece.speaker) if piece.speaker else None
    role = label_role(speaker)
    if speaker is not None and role == "unknown":
        for name, found in ((call.rep, "rep"), (call.prospect, "prospect")):
            if name is not None and name_key(name) == name_key(speaker):
                role = found
    return ParsedTurn(role, speaker, parsed.text(piece.text), piece.start_s, piece.end_s)
