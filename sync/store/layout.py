"""Every table of the store in one place: what is kept for ever, and what follows from the log and can be dropped.

Not here: who reads and writes them, and how a database is told of them (sqlite_tables.py, postgres_tables.py). The
tables of the record kinds come from the declarations (sync/tables.py).
"""

from schema.model import Schema
from sync.store.table import Table, table
from sync.tables import table_of

# Kept for ever: nothing can compute these again.
KEPT = (
    table("setting", "name", "name TEXT NOT NULL, value TEXT NOT NULL"),
    table("counter", "name", "name TEXT NOT NULL, value INTEGER NOT NULL"),
    table("centre", "centre", "centre TEXT NOT NULL, name TEXT NOT NULL"),
    table("team", "team", "team TEXT NOT NULL, name TEXT NOT NULL, centre TEXT NOT NULL"),
    table("person", "person", "person TEXT NOT NULL, name TEXT NOT NULL, centre TEXT NOT NULL"),
    table(
        "membership",
        "person, role, centre, team",
        "person TEXT NOT NULL, role TEXT NOT NULL, centre TEXT NOT NULL, team TEXT NOT NULL DEFAULT ''",
    ),
    # form: phone | desk; path: how it was let in, prf | passkey | pin | key | demo; capabilities: JSON, what it said it
    # can do; unsent: how many saves it last said were waiting; clear_order: deliver_first | now
    table(
        "device",
        "device",
        "device TEXT NOT NULL, person TEXT NOT NULL, name TEXT NOT NULL, public_key BLOB NOT NULL,"
        "added_at TEXT NOT NULL, revoked_at TEXT, form TEXT NOT NULL DEFAULT 'phone',"
        "path TEXT NOT NULL DEFAULT 'demo', capabilities TEXT, seen_at TEXT, unsent INTEGER, app_version TEXT,"
        "revoked_by TEXT, clear_order TEXT, ordered_at TEXT, told_at TEXT, cleared_at TEXT",
    ),
    # Which numbers of a device's saves came, and whether one came twice (sync/lives.py).
    table(
        "device_life",
        "device",
        "device TEXT NOT NULL, newest INTEGER NOT NULL, missing TEXT NOT NULL, twice_at TEXT, follows TEXT",
    ),
    # verified_at: when its person last proved to be there, with a passkey or a PIN.
    table(
        "session",
        "token_hash",
        "token_hash BLOB NOT NULL, person TEXT NOT NULL, device TEXT NOT NULL,"
        "began_at TEXT NOT NULL, used_at TEXT NOT NULL, ended_at TEXT, verified_at TEXT,"
        "form TEXT NOT NULL DEFAULT 'phone'",
    ),
    # How a person gets a device in. state: unconfirmed | open | used | withdrawn | refused; place: the part of the
    # typed code by which it is found; tries: how often a code with that part was looked at; revokes: the devices of
    # before end when it is used.
    table(
        "invite",
        "invite",
        "invite TEXT NOT NULL, person TEXT NOT NULL, made_by TEXT NOT NULL, made_at TEXT NOT NULL,"
        "state TEXT NOT NULL, place TEXT NOT NULL, code_hash TEXT NOT NULL, code_until TEXT NOT NULL,"
        "tries INTEGER NOT NULL, token_hash TEXT NOT NULL, until TEXT NOT NULL, revokes INTEGER NOT NULL,"
        "confirmed_by TEXT",
        "invite_place (place)",
        "invite_token (token_hash)",
    ),
    # One phone that came with an invite. state: waiting | matched | refused | done; number: what it shows; numbers:
    # JSON, what the desk may choose from; challenge: for its passkey, once.
    table(
        "enrolment",
        "enrolment",
        "enrolment TEXT NOT NULL, invite TEXT NOT NULL, person TEXT NOT NULL, state TEXT NOT NULL,"
        "number TEXT NOT NULL, numbers TEXT NOT NULL, begun_at TEXT NOT NULL, until TEXT NOT NULL, challenge TEXT",
        "enrolment_invite (invite)",
    ),
    table(
        "passkey",
        "passkey",
        "passkey TEXT NOT NULL, person TEXT NOT NULL, device TEXT NOT NULL, public_key BLOB NOT NULL,"
        "counter INTEGER NOT NULL, has_prf INTEGER NOT NULL, added_at TEXT NOT NULL, used_at TEXT NOT NULL,"
        "revoked_at TEXT",
        "passkey_person (person)",
    ),
    # Of a device with a PIN. tries: wrong ones, or not judged yet, since the last right one; seed: half of the share
    # that opens what the phone keeps, null once it is destroyed.
    table(
        "pin",
        "device",
        "device TEXT NOT NULL, proof_hash TEXT NOT NULL, tries INTEGER NOT NULL, seed BLOB",
    ),
    table(
        "recovery_code",
        "code_hash",
        "code_hash TEXT NOT NULL, person TEXT NOT NULL, made_at TEXT NOT NULL, used_at TEXT",
    ),
    # The address of somebody's shifts for a calendar: only its hash is kept, and one at a time.
    table(
        "calendar_feed",
        "person",
        "person TEXT NOT NULL, token_hash TEXT NOT NULL, made_at TEXT NOT NULL, fetched_at TEXT",
        "calendar_feed_token (token_hash)",
    ),
    # What holds once: challenges and nonces that were answered, until they could not be any more.
    table("spent", "what", "what TEXT NOT NULL, until TEXT NOT NULL", "spent_until (until)"),
    # Failed tries, by person, device or address; of an address only a keyed hash.
    table("tries", "who", "who TEXT NOT NULL, count INTEGER NOT NULL, until TEXT NOT NULL"),
    # Saves that were told to wait for an earlier one, and since when.
    table("waiting", "save", "save TEXT NOT NULL, since TEXT NOT NULL"),
    # What a device said last of its person's hours, entry by entry (sync/hour_compare.py). told: JSON
    table(
        "hours_told",
        "device",
        "device TEXT NOT NULL, person TEXT NOT NULL, told_at TEXT NOT NULL, told TEXT NOT NULL",
        "hours_told_person (person)",
    ),
    # Who looks at a record just now, and until when: a courtesy, which forbids nobody anything (sync/leases.py).
    table(
        "lease",
        "record",
        "record TEXT NOT NULL, person TEXT NOT NULL, device TEXT NOT NULL, until TEXT NOT NULL",
        "lease_device (device)",
    ),
    # Verified and kept beside the database, under its hash.
    table(
        "file",
        "hash",
        "hash TEXT NOT NULL, type TEXT NOT NULL, sent_bytes INTEGER NOT NULL, kept_bytes INTEGER NOT NULL,"
        "kept_sha256 TEXT NOT NULL, has_thumbnail INTEGER NOT NULL, arrived_at TEXT NOT NULL",
    ),
    # Who had its bytes to give: to know a hash is not to have the file.
    table(
        "file_giver",
        "hash, person",
        "hash TEXT NOT NULL, person TEXT NOT NULL, given_at TEXT NOT NULL",
        "file_giver_day (person, given_at)",
    ),
    # entry: save | decision | duplicate | archive | epoch | verdict | destroy; status: accepted | held | refused;
    # client: null where the save may not occupy the number; problem: JSON {code, field, details}; facts: JSON, what the
    # server knew
    # when it judged and what a rebuild needs; body: as received, in canonical form where it has one, of a save
    # compressed. key: which of the data keys it is sealed by, body, facts and the rest of the problem together in body.
    table(
        "log",
        "position",
        "position INTEGER NOT NULL, entry TEXT NOT NULL, id TEXT NOT NULL, record TEXT, client INTEGER,"
        "person TEXT NOT NULL, device TEXT NOT NULL, received_at TEXT NOT NULL, status TEXT NOT NULL, revision INTEGER,"
        "problem TEXT, facts TEXT NOT NULL, body BLOB NOT NULL, signature TEXT, key INTEGER, hash BLOB NOT NULL",
        "log_record (record, client)",
        "log_decision (person, received_at) WHERE entry = 'decision'",
        unique="id",
        is_ordered=False,
    ),
    # Which record somebody opened in an emergency, why, and until when (sync/break_glass.py). seen_by: who answers for
    # the record and has read why.
    table(
        "opening",
        "id",
        "id TEXT NOT NULL, person TEXT NOT NULL, record TEXT NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL,"
        "until TEXT NOT NULL, seen_by TEXT, seen_at TEXT",
        "opening_person (person, record)",
    ),
    # Which records were asked for as a file, by whom, and what became of it; never what they say (sync/exports.py).
    # records: JSON, their ids; token_hash: of the one link that may fetch it; shared_with: the other unit it is for;
    # subject: whose own copy it is
    table(
        "export",
        "id",
        "id TEXT NOT NULL, centre TEXT NOT NULL, person TEXT NOT NULL, kind TEXT NOT NULL, format TEXT NOT NULL,"
        "reason TEXT NOT NULL, is_whole INTEGER NOT NULL, tier INTEGER NOT NULL, records TEXT NOT NULL,"
        "needs_second INTEGER NOT NULL, made_at TEXT NOT NULL, approved_by TEXT, approved_at TEXT, token_hash TEXT,"
        "token_at TEXT, fetched_at TEXT, shared_with TEXT, subject TEXT",
        "export_token (token_hash) WHERE token_hash IS NOT NULL",
    ),
    # What two people agreed to destroy, and what became of it (sync/destructions.py). kinds, records: JSON, names and
    # ids alone; ground: retention | request; begun_at: from then on only the command that finishes it is allowed.
    # certificate: JSON, numbers and heads of the log.
    table(
        "destruction",
        "id",
        "id TEXT NOT NULL, centre TEXT NOT NULL, ground TEXT NOT NULL, kinds TEXT NOT NULL, records TEXT NOT NULL,"
        "reason TEXT NOT NULL, person TEXT NOT NULL, made_at TEXT NOT NULL, confirmed_by TEXT, confirmed_at TEXT,"
        "refused_by TEXT, refused_at TEXT, begun_at TEXT, done_at TEXT, certificate TEXT",
        "destruction_made (centre, made_at)",
    ),
    # Records that must be kept although their years are over, with all that names them (sync/holds.py).
    table(
        "hold",
        "id",
        "id TEXT NOT NULL, centre TEXT NOT NULL, kind TEXT NOT NULL, record TEXT NOT NULL, reason TEXT NOT NULL,"
        "person TEXT NOT NULL, set_at TEXT NOT NULL, lifted_by TEXT, lifted_at TEXT, lifted_reason TEXT",
        "hold_record (record)",
    ),
    # Who looked, took away, decided and was refused (sync/audit.py). details: JSON, names and numbers alone.
    table(
        "audit",
        "centre, position",
        "position INTEGER NOT NULL, centre TEXT NOT NULL, at TEXT NOT NULL, action TEXT NOT NULL, person TEXT NOT NULL,"
        "device TEXT NOT NULL, kind TEXT, record TEXT, details TEXT NOT NULL, mac BLOB NOT NULL",
        "audit_person (centre, person, position)",
        "audit_record (centre, record, position) WHERE record IS NOT NULL",
        is_ordered=False,
    ),
)
# Nothing but inserted: neither changed nor shortened, by whatever the application does.
APPEND_ONLY = ("log", "audit")

# Derived: sync/materialise.py can drop all of these and fold the log again.
DERIVED = (
    # moved_revision: the last one at which content or review changed, which a decision binds to; content: packed saves
    # and document, compressed (sync/packed.py). put_away: JSON, why it is in no list (sync/put_away.py); survivor: the
    # record that it is an alias of, over however many merges.
    table(
        "record",
        "record",
        "record TEXT NOT NULL, kind TEXT NOT NULL, centre TEXT NOT NULL, team TEXT, own TEXT NOT NULL,"
        "created_by TEXT NOT NULL, delivered_at TEXT NOT NULL, revision INTEGER NOT NULL,"
        "moved_revision INTEGER NOT NULL, locked_at INTEGER, review TEXT, review_state TEXT, waiting_since TEXT,"
        "urgent INTEGER NOT NULL, author TEXT NOT NULL, happened_on TEXT, conflicts INTEGER NOT NULL,"
        "duplicates TEXT NOT NULL, scopes TEXT NOT NULL, search TEXT NOT NULL, content BLOB NOT NULL,"
        "put_away TEXT, survivor TEXT",
        "record_place (kind, centre, team, record)",
        "record_review (review_state, kind) WHERE review_state IS NOT NULL",
        "record_conflicts (kind) WHERE conflicts > 0",
        "record_duplicates (kind) WHERE duplicates <> '[]'",
        "record_survivor (survivor) WHERE survivor IS NOT NULL",
        is_ordered=False,
    ),
    # What of an entry of hours counts, and as what (sync/hour_book.py). state: as in sync/hours.py; project: ''
    # where it names none.
    table(
        "hour_count",
        "record",
        "record TEXT NOT NULL, centre TEXT NOT NULL, volunteer TEXT NOT NULL, worked_on TEXT NOT NULL,"
        "started_at TEXT NOT NULL, project TEXT NOT NULL, activity TEXT NOT NULL, state TEXT NOT NULL,"
        "minutes INTEGER NOT NULL",
        "hour_count_day (centre, worked_on, started_at, record, state, minutes, project, volunteer, activity)",
        "hour_count_volunteer (volunteer, worked_on)",
        is_ordered=False,
    ),
    table("conflict", "record, field_key", "record TEXT NOT NULL, field_key TEXT NOT NULL"),
    table(
        "settled_duplicate",
        "record, other",
        "record TEXT NOT NULL, other TEXT NOT NULL, verdict TEXT NOT NULL",
    ),
    # Each time a record was sent back to its author, and when its author answered (sync/returns.py).
    table(
        "returned",
        "record, revision",
        "record TEXT NOT NULL, revision INTEGER NOT NULL, returned_at TEXT NOT NULL, answered_at TEXT",
        "returned_answered (answered_at)",
    ),
    # kind: changed | gone
    table(
        "feed",
        "scope, record",
        "scope TEXT NOT NULL, record TEXT NOT NULL, revision INTEGER NOT NULL, kind TEXT NOT NULL",
        "feed_revision (scope, revision)",
    ),
    # scopes: JSON, who at a desk is shown it
    table(
        "held",
        "save",
        "save TEXT NOT NULL, record TEXT, kind TEXT, person TEXT NOT NULL, position INTEGER NOT NULL,"
        "received_at TEXT NOT NULL, creates INTEGER NOT NULL, open INTEGER NOT NULL, scopes TEXT NOT NULL,"
        "field_keys TEXT NOT NULL, problem TEXT NOT NULL",
        "held_record (record, person)",
        "held_open (position) WHERE open = 1",
    ),
    # record, device: of the held save, whom to tell; verdict: release | reject | withdraw | keep
    table(
        "verdict",
        "save",
        "save TEXT NOT NULL, record TEXT, device TEXT NOT NULL, verdict TEXT NOT NULL, person TEXT NOT NULL,"
        "at TEXT NOT NULL, sentence TEXT, edited TEXT NOT NULL, problem TEXT, revision INTEGER NOT NULL,"
        "told TEXT NOT NULL, save_key TEXT, released_key TEXT, released_fields TEXT NOT NULL,"
        "released_revision INTEGER",
        "verdict_device (device, revision)",
        "verdict_claim (record, save_key) WHERE released_key IS NOT NULL",
    ),
)
FORMER_TABLES = ("claim",)
DERIVED_TABLES = tuple(table.name for table in DERIVED)

# Raised when a derived table changes its columns; a store of an older number has its tables made again from the log.
DERIVED_VERSION = 8


def tables_of(schema: Schema) -> tuple[Table, ...]:
    """Every table: the fixed ones, and one for each declared kind."""
    return (*KEPT, *DERIVED, *(table_of(kind) for kind in schema.kinds.values()))
