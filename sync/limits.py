"""Every bound of the protocol, with its unit in the name and the reason beside it.

Not here: bounds of single fields, which stand in the declarations.
"""

# One push. A phone with a long outbox sends several; each is one commit, so that a lost reply costs little.
PUSH_SAVES_MAX = 100
PUSH_BYTES_MAX = 256 * 1024

# One save. What a person confirms in one tap is far smaller; the bound keeps one bad save from filling a push.
SAVE_BYTES_MAX = 64 * 1024
SAVE_FIELDS_MAX = 64
FIELD_KEY_CHARACTERS_MAX = 120
# A field with more open versions than this was not made by people.
REPLACES_KEYS_MAX = 256
SCOPES_MAX = 16
SCOPE_CHARACTERS_MAX = 200
# [[[[1]]]] is four deep. Declared values need two: a row, and its column.
VALUE_DEPTH_MAX = 4
STRING_CHARACTERS_MAX = 20_000
# Above this, JavaScript no longer counts in whole steps, and RFC 8785 has no form for the number.
INTEGER_MAX = 2**53 - 1
CLIENT_MAX = 2**32 - 1
# How far `replaces` is followed through held saves. A phone can hold no longer chain than its outbox.
HELD_CHAIN_STEPS_MAX = 20_000

# A save waits so long for an earlier one that it builds on. A phone keeps what was accepted for as many days, so that a
# centre that was put back gets it again; after that no phone has it to bring.
WAITING_DAYS_MAX = 14

# A phone may work with a declaration this many versions behind the server's before it must update.
SCHEMA_VERSIONS_BEHIND_MAX = 4
# A phone's clock may run this far ahead before "not after now" is held against its author.
CLOCK_AHEAD_MINUTES_MAX = 10

# One page of a pull. What travels is compressed; a page is also one IndexedDB transaction on a slow phone.
PAGE_BYTES_DEFAULT = 256 * 1024
PAGE_BYTES_MIN = 256
PAGE_BYTES_MAX = 1024 * 1024
# What travels is compressed where it is answered; a page of records comes to a quarter of its text or less.
PAGE_SHRINKS = 4
PAGE_RECORDS_MAX = 1000
# What one phone may carry: with more, lists and the search of a slow phone answer too late. A centre may set another
# number (setting `phone_records_max`).
PHONE_RECORDS_MAX = 10_000
# News are told in one small answer; with more of them a page does no worse.
NEWS_RECORDS_MAX = 50
# A digest is compared right after a pull: more news than this in between are pulled, not left out one by one.
DIGEST_MOVED_MAX = 1000
# Named in one question for whole records, or for the parts of a scope.
WHOLE_RECORDS_MAX = 100
DIGEST_PARTS_MAX = 256
# Read from the feed at a time; more would mostly be read in vain when a page is full.
FEED_ROWS_READ = 60

# Later verdicts told with one page. Nobody has this many refused saves on one device.
DECIDED_MAX = 1000

# Desk lists.
LIST_FIRST_MAX = 500
LIST_OFFSET_MAX = 1_000_000
DECISION_SENTENCE_CHARACTERS_MAX = 500
DECISION_ID_CHARACTERS_MAX = 64
UNDO_MINUTES_MAX = 10
# Two people who were taken for one are noticed at the next visit or the one after.
UNDO_MERGE_DAYS_MAX = 30
# An import with the wrong file is noticed when its lists are used.
UNDO_IMPORT_DAYS_MAX = 7
# A held save that could not be read, or that took another's id, is named by more than an id.
HELD_NAME_CHARACTERS_MAX = 200
# Saves that wait for one held save and are told in the same act; a phone's outbox holds fewer.
HELD_FOLLOWERS_MAX = 1_000
CLIENT_TRIES_MAX = 64

# Older SQLite can lose a commit when a WAL file is reset (sqlite.org/wal.html, "the WAL-reset bug").
SQLITE_VERSION_MIN = (3, 51, 3)
# A second process (a backup, a check) may hold the file this long before an error is better than waiting.
BUSY_MILLISECONDS_MAX = 10_000
# SQLite's own 2 MiB would push half of a push of a hundred saves out to the disk before it commits. For each
# connection, of which a process has three: what is read again lies in the system's cache, which all of them share.
STORE_CACHE_KIBIBYTES = 8 * 1024
# The engine sends some 350 different ones; to plan one anew takes longer than most answers.
STORE_STATEMENTS_KEPT = 600
