"""The tables of a workspace, their version, and making an empty one."""

from __future__ import annotations

import sqlite3

from domains.analysis.corpus.errors import FullTextMissingError

__all__ = ["APPLICATION_ID", "DATA_TABLES", "VERSION", "check_full_text", "create_tables"]

APPLICATION_ID = 0x45535441
VERSION = 2

DATA_TABLES = (
    "calls",
    "turns",
    "accounts",
    "reps",
    "products",
    "opportunities",
    "stage_history",
    "content",
    "content_use",
    "trainings",
    "quotas",
    "competitors",
)

# A column `x_written` holds what the file says; `x` holds what it was read as once all files are joined.
# So joining can be done again from scratch, and the order in which files arrive makes no difference.
_CALLS = """
CREATE TABLE calls (
    call_id TEXT PRIMARY KEY, date TEXT, title TEXT, rep TEXT, prospect TEXT, account TEXT, opportunity_id TEXT,
    duration_s REAL, outcome TEXT CHECK (outcome IN ('won', 'lost', 'open')), amount REAL, source TEXT,
    turn_count INTEGER NOT NULL DEFAULT 0, timed_turns INTEGER NOT NULL DEFAULT 0,
    unknown_turns INTEGER NOT NULL DEFAULT 0, mention_turns INTEGER NOT NULL DEFAULT 0, stem TEXT,
    date_written TEXT, title_written TEXT, rep_written TEXT, prospect_written TEXT, account_written TEXT,
    opportunity_written TEXT, duration_written REAL, outcome_written TEXT, amount_written REAL,
    file_id INTEGER, line INTEGER
);
CREATE TABLE turns (
    turn_id INTEGER PRIMARY KEY, call_id TEXT NOT NULL, idx INTEGER NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('rep', 'prospect', 'other', 'unknown')), speaker TEXT, text TEXT NOT NULL,
    start_s REAL, end_s REAL, role_written TEXT NOT NULL, speaker_written TEXT,
    UNIQUE (call_id, idx)
);
CREATE VIRTUAL TABLE turns_fts USING fts5(
    text, content='turns', content_rowid='turn_id', tokenize='porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER turns_added AFTER INSERT ON turns BEGIN
    INSERT INTO turns_fts (rowid, text) VALUES (new.turn_id, new.text);
END;
CREATE TRIGGER turns_removed AFTER DELETE ON turns BEGIN
    INSERT INTO turns_fts (turns_fts, rowid, text) VALUES ('delete', old.turn_id, old.text);
END;
CREATE TABLE call_details (
    call_ref TEXT NOT NULL, date TEXT, title TEXT, rep TEXT, prospect TEXT, account TEXT, opportunity_id TEXT,
    duration_s REAL, outcome TEXT, amount REAL, file_id INTEGER, line INTEGER
);
CREATE TABLE call_parties (
    call_id TEXT NOT NULL, speaker_id TEXT NOT NULL, name TEXT, role TEXT, title TEXT, file_id INTEGER
);
CREATE TABLE mentions (competitor TEXT NOT NULL, call_id TEXT NOT NULL, idx INTEGER NOT NULL,
    PRIMARY KEY (competitor, call_id, idx)) WITHOUT ROWID;
"""

_CRM = """
CREATE TABLE accounts (
    account TEXT PRIMARY KEY, sector TEXT, region TEXT, segment TEXT, employees REAL, revenue REAL, country TEXT,
    parent TEXT, year_established INTEGER, file_id INTEGER, line INTEGER
);
CREATE TABLE reps (rep TEXT PRIMARY KEY, manager TEXT, region TEXT, hire_date TEXT, file_id INTEGER, line INTEGER);
CREATE TABLE products (product TEXT PRIMARY KEY, series TEXT, price REAL, file_id INTEGER, line INTEGER);
CREATE TABLE opportunities (
    opportunity_id TEXT PRIMARY KEY, account TEXT, rep TEXT, product TEXT, stage TEXT,
    status TEXT NOT NULL CHECK (status IN ('won', 'lost', 'open')), created_date TEXT, engage_date TEXT,
    close_date TEXT, expected_close TEXT, amount REAL, competitor TEXT, loss_reason TEXT, forecast_category TEXT,
    segment TEXT, account_written TEXT, rep_written TEXT, product_written TEXT, competitor_written TEXT,
    file_id INTEGER, line INTEGER
);
CREATE TABLE stage_history (opportunity_id TEXT, stage TEXT, entered_date TEXT, file_id INTEGER, line INTEGER);
CREATE TABLE content (content_id TEXT PRIMARY KEY, title TEXT, kind TEXT, file_id INTEGER, line INTEGER);
CREATE TABLE content_use (
    content_id TEXT, opportunity_id TEXT, call_id TEXT, date TEXT, file_id INTEGER, line INTEGER
);
CREATE TABLE trainings (rep TEXT, training TEXT, date TEXT, rep_written TEXT, file_id INTEGER, line INTEGER);
CREATE TABLE quotas (
    rep TEXT, period_start TEXT, period_end TEXT, amount REAL, rep_written TEXT, file_id INTEGER, line INTEGER
);
CREATE TABLE competitors (name TEXT PRIMARY KEY, aliases TEXT NOT NULL, file_id INTEGER, line INTEGER);
"""

_INGEST = """
CREATE TABLE ingest_files (
    file_id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, sha256 TEXT NOT NULL, kind TEXT NOT NULL,
    rows INTEGER NOT NULL, ingested_at TEXT NOT NULL, reader TEXT NOT NULL
);
CREATE TABLE ingest_issues (
    path TEXT NOT NULL, line INTEGER, problem TEXT NOT NULL, action TEXT NOT NULL, topic TEXT NOT NULL,
    found_by TEXT NOT NULL CHECK (found_by IN ('reading', 'joining'))
);
CREATE TABLE ingest_state (key TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT INTO ingest_state VALUES ('joined', 'yes');
"""

_INDEXES = """
CREATE INDEX calls_by_date ON calls (date);
CREATE INDEX calls_by_rep ON calls (rep);
CREATE INDEX calls_by_account ON calls (account);
CREATE INDEX calls_by_opportunity ON calls (opportunity_id);
CREATE INDEX calls_by_file ON calls (file_id);
CREATE INDEX calls_by_stem ON calls (stem);
CREATE INDEX opportunities_by_account ON opportunities (account);
CREATE INDEX opportunities_by_rep ON opportunities (rep);
CREATE INDEX opportunities_by_product ON opportunities (product);
CREATE INDEX opportunities_by_period ON opportunities (
    CASE WHEN status = 'open' THEN COALESCE(engage_date, created_date) ELSE close_date END);
CREATE INDEX stage_history_by_opportunity ON stage_history (opportunity_id, entered_date);
CREATE INDEX content_use_by_content ON content_use (content_id);
CREATE INDEX content_use_by_opportunity ON content_use (opportunity_id);
CREATE INDEX content_use_by_call ON content_use (call_id);
CREATE INDEX trainings_by_rep ON trainings (rep);
CREATE INDEX quotas_by_rep ON quotas (rep);
CREATE INDEX mentions_by_call ON mentions (call_id);
CREATE INDEX call_details_by_ref ON call_details (call_ref);
CREATE INDEX call_parties_by_call ON call_parties (call_id, speaker_id);
CREATE INDEX issues_by_path ON ingest_issues (path);
"""


def check_full_text(connection: sqlite3.Connection) -> None:
    """Raise FullTextMissingError unless this SQLite can search text.

    Raises
    ------
    FullTextMissingError
        When SQLite was built without FTS5.
    """
    try:
        connection.execute("CREATE VIRTUAL TABLE temp.full_text_probe USING fts5(text)")
        connection.execute("DROP TABLE temp.full_text_probe")
    except sqlite3.OperationalError as problem:
        if "no such module" not in str(problem):
            raise
        raise FullTextMissingError(
            f"this Python's SQLite ({sqlite3.sqlite_version}) was built without FTS5, which searching transcripts "
            "needs; use a Python whose sqlite3 module has it (the python.org, Debian and conda builds do)"
        ) from None


def create_tables(connection: sqlite3.Connection) -> None:
    """Create the tables of an empty workspace, all of them or none."""
    script = _CALLS + _CRM + _INGEST + _INDEXES
    marks = f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION};"
    connection.executescript(f"BEGIN IMMEDIATE; {script} {marks} COMMIT;")
