"""Every table of the store in one place: what is kept for ever, and what follows from the log and can be dropped.

Not here: who reads and writes them. The tables of the record kinds come from the declarations (sync/tables.py).
"""

import secrets

import sqlite_utils

from schema.model import Schema
from sync.tables import quoted, statements_for

# Kept for ever: nothing can compute these again.
KEPT = """
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS centre (centre TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS team (team TEXT PRIMARY KEY, name TEXT NOT NULL, centre TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS person (person TEXT PRIMARY KEY, name TEXT NOT NULL, centre TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS membership (
  person TEXT NOT NULL, role TEXT NOT NULL, centre TEXT NOT NULL, team TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (person, role, centre, team)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS device (
  device TEXT PRIMARY KEY, person TEXT NOT NULL, name TEXT NOT NULL, public_key BLOB NOT NULL,
  added_at TEXT NOT NULL, revoked_at TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS session (
  token_hash BLOB PRIMARY KEY, person TEXT NOT NULL, device TEXT NOT NULL,
  began_at TEXT NOT NULL, used_at TEXT NOT NULL, ended_at TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS file (     -- verified and kept beside the database, under its hash
  hash TEXT PRIMARY KEY, type TEXT NOT NULL, sent_bytes INTEGER NOT NULL, kept_bytes INTEGER NOT NULL,
  kept_sha256 TEXT NOT NULL, has_thumbnail INTEGER NOT NULL, arrived_at TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS file_giver (   -- who had its bytes to give: to know a hash is not to have the file
  hash TEXT NOT NULL, person TEXT NOT NULL, given_at TEXT NOT NULL, PRIMARY KEY (hash, person)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS file_giver_day ON file_giver (person, given_at);
CREATE TABLE IF NOT EXISTS log (
  position INTEGER PRIMARY KEY,
  entry TEXT NOT NULL,            -- save | decision | duplicate | epoch | verdict
  id TEXT NOT NULL UNIQUE,
  record TEXT,
  client INTEGER,                 -- null where the save may not occupy the number
  person TEXT NOT NULL,
  device TEXT NOT NULL,
  received_at TEXT NOT NULL,
  status TEXT NOT NULL,           -- accepted | held | refused
  revision INTEGER,
  problem TEXT,                   -- JSON {code, field, details}
  facts TEXT NOT NULL,            -- JSON: what the server knew when it judged, and what a rebuild needs
  body NOT NULL,                  -- as received, in canonical form where it has one; of a save compressed
  signature TEXT,
  hash BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS log_record ON log (record, position);
CREATE INDEX IF NOT EXISTS log_decision ON log (person, received_at) WHERE entry = 'decision';
CREATE INDEX IF NOT EXISTS log_client ON log (record, client) WHERE client IS NOT NULL;
CREATE TRIGGER IF NOT EXISTS log_is_never_changed BEFORE UPDATE ON log
  BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS log_is_never_shortened BEFORE DELETE ON log
  BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
"""

# Derived: sync/materialise.py can drop all of these and fold the log again.
DERIVED = """
CREATE TABLE IF NOT EXISTS record (
  record TEXT PRIMARY KEY, kind TEXT NOT NULL, centre TEXT NOT NULL, team TEXT, own TEXT NOT NULL,
  created_by TEXT NOT NULL, delivered_at TEXT NOT NULL, revision INTEGER NOT NULL,
  moved_revision INTEGER NOT NULL,      -- last revision at which content or review changed: what a decision binds to
  locked_at INTEGER, review TEXT, review_state TEXT, waiting_since TEXT, urgent INTEGER NOT NULL,
  author TEXT NOT NULL, happened_on TEXT, conflicts INTEGER NOT NULL, duplicates TEXT NOT NULL,
  scopes TEXT NOT NULL, search TEXT NOT NULL,
  -- packed saves and document, compressed (sync/packed.py)
  content BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS record_place ON record (kind, centre, team, record);
CREATE INDEX IF NOT EXISTS record_review ON record (review_state, kind) WHERE review_state IS NOT NULL;
CREATE INDEX IF NOT EXISTS record_conflicts ON record (kind) WHERE conflicts > 0;
CREATE INDEX IF NOT EXISTS record_duplicates ON record (kind) WHERE duplicates <> '[]';
CREATE TABLE IF NOT EXISTS conflict (
  record TEXT NOT NULL, field_key TEXT NOT NULL, PRIMARY KEY (record, field_key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS settled_duplicate (
  record TEXT NOT NULL, other TEXT NOT NULL, verdict TEXT NOT NULL, PRIMARY KEY (record, other)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS feed (
  scope TEXT NOT NULL, record TEXT NOT NULL, revision INTEGER NOT NULL, kind TEXT NOT NULL,   -- changed | gone
  PRIMARY KEY (scope, record)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS feed_revision ON feed (scope, revision);
CREATE TABLE IF NOT EXISTS held (
  save TEXT PRIMARY KEY, record TEXT, kind TEXT, person TEXT NOT NULL, position INTEGER NOT NULL,
  received_at TEXT NOT NULL, creates INTEGER NOT NULL, open INTEGER NOT NULL,
  scopes TEXT NOT NULL,                 -- JSON: who at a desk is shown it
  field_keys TEXT NOT NULL, problem TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS held_record ON held (record, person);
CREATE INDEX IF NOT EXISTS held_open ON held (position) WHERE open = 1;
CREATE TABLE IF NOT EXISTS verdict (
  save TEXT PRIMARY KEY, record TEXT, device TEXT NOT NULL,     -- of the held save: whom to tell
  verdict TEXT NOT NULL,                -- release | reject | withdraw | keep
  person TEXT NOT NULL, at TEXT NOT NULL, sentence TEXT, edited TEXT NOT NULL, problem TEXT,
  revision INTEGER NOT NULL, told TEXT NOT NULL, save_key TEXT,
  released_key TEXT, released_fields TEXT NOT NULL, released_revision INTEGER) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS verdict_device ON verdict (device, revision);
CREATE INDEX IF NOT EXISTS verdict_claim ON verdict (record, save_key) WHERE released_key IS NOT NULL;
"""
_FORMER_TABLES = ("claim",)
DERIVED_TABLES = ("record", "conflict", "settled_duplicate", "feed", "held", "verdict")


# Raised when a derived table changes its columns; a store of an older number has its tables made again from the log.
DERIVED_VERSION = 3


def is_outdated(db: sqlite_utils.Database) -> bool:
    """Whether the derived tables of this store were made by an older version."""
    is_new = "record" not in db.table_names()
    return not is_new and db.conn.execute("PRAGMA user_version").fetchone()[0] < DERIVED_VERSION


def drop_derived(db: sqlite_utils.Database, schema: Schema) -> None:
    """Drop every derived table, also those that only an older version had."""
    for name in (*DERIVED_TABLES, *_FORMER_TABLES, *schema.kinds):
        db.conn.execute(f"DROP TABLE IF EXISTS {quoted(name)}")


def create_tables(db: sqlite_utils.Database, schema: Schema) -> None:
    """Create what is missing and add columns for newly declared fields; nothing is ever dropped or re-typed here."""
    for statement in _statements(KEPT + DERIVED):
        db.conn.execute(statement)
    if db.conn.execute("PRAGMA user_version").fetchone()[0] != DERIVED_VERSION:
        db.conn.execute(f"PRAGMA user_version = {DERIVED_VERSION}")
    db.conn.execute("INSERT INTO counter VALUES ('revision', 0) ON CONFLICT DO NOTHING")
    db.conn.execute("INSERT OR IGNORE INTO counter SELECT 'log', coalesce(max(position), 0) FROM log")
    # The epoch names this life of the store. A restored backup gets a new one, and phones then push again.
    db.conn.execute("INSERT OR IGNORE INTO setting VALUES ('epoch', ?)", (secrets.token_hex(8),))
    existing = set(db.table_names())
    for kind in schema.kinds.values():
        known = set(db[kind.name].columns_dict) if kind.name in existing else set()
        for statement in statements_for(kind, known):
            db.conn.execute(statement)


def _statements(script: str) -> list[str]:
    """The statements of a script; executescript would commit the transaction that is open."""
    statements, lines = [], []
    for line in script.strip().splitlines():
        lines.append(line)
        is_last = line.endswith("END;") if "TRIGGER" in lines[0] else line.endswith(";")
        if is_last:
            statements.append("\n".join(lines))
            lines = []
    return statements
