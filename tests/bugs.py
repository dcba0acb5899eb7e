"""Known bugs to plant, one by one: each must be caught, by the tests that know its module or by the simulation.

`old` must stand exactly once in the file as it is today. Not here: the planting (mutants.py).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bug:
    """One planted bug, and the smallest tests that may know it."""

    name: str
    path: str
    old: str
    new: str
    tests: str


PUSH, PULL, ADMIT = "tests/sync/test_push.py", "tests/sync/test_pull.py", "tests/sync/test_admit.py"
AHEAD, DATA_KEYS = "tests/sync/test_ahead.py", "tests/sync/test_data_keys.py"
PHONE = "pwa/tests/sync"

BUGS = (
    Bug(
        "cursor to the head",
        "sync/pull.py",
        "        self.has_more = True\n        return replace(cursor, after=after)",
        "        self.has_more = True\n        return replace(cursor, after=self.head)",
        PULL,
    ),
    Bug(
        "first sync ends with the first page",
        "sync/pull.py",
        "        return replace(cursor, below=below)",
        "        return feed.Cursor(cursor.after)",
        PULL,
    ),
    Bug(
        "no dedupe", "sync/push.py", "    if known is not None:\n        return", "    if False:\n        return", PUSH
    ),
    Bug(
        "other words told the first receipt",
        "sync/push.py",
        "    if known is not None and not _is_the_same(known, one.raw):",
        "    if False:",
        PUSH,
    ),
    Bug(
        "words of who has left reach no desk",
        "sync/push.py",
        "        or _has_seen(asked, one.save, record)\n",
        "",
        "tests/sync/test_scopes_that_change.py",
    ),
    Bug(
        "second life not noticed",
        "sync/lives.py",
        "                return True\n        return False",
        "                return True\n        return True",
        "tests/sync/test_lives.py",
    ),
    Bug(
        "another's receipt told",
        "sync/push.py",
        'known.entry == "save" and known.person == asked.person.person',
        'known.entry == "save"',
        "tests/sync/test_found_by_simulation.py",
    ),
    Bug(
        "client reuse allowed",
        "sync/push.py",
        "if one.record and one.client and _is_client_used(",
        "if one.record and one.client and False and _is_client_used(",
        PUSH,
    ),
    Bug(
        "signature not checked",
        "sync/received.py",
        "[any(is_signed(",
        "[True or any(is_signed(",
        PUSH,
    ),
    Bug(
        "damaged save treated as never sent",
        "sync/push.py",
        "        return _hold(asked, one, one.save)",
        '        return Receipt(one.told, "held", None, one.save)',
        PUSH,
    ),
    Bug(
        "held save dropped",
        "sync/push.py",
        "            return _hold(asked, one, admitted)",
        '            return Receipt(one.told, "held", None, admitted)',
        PUSH,
    ),
    Bug(
        "what waits to be written is not read",
        "sync/store/behind.py",
        '        """The first row of a query, if there is one."""\n        self.flush()',
        '        """The first row of a query, if there is one."""',
        AHEAD,
    ),
    Bug(
        "record of the same push taken for unknown",
        "sync/ahead.py",
        "            self._heard_of.add(one.record)",
        "            pass",
        AHEAD,
    ),
    Bug(
        "double in the same push overlooked",
        "sync/ahead.py",
        "            self.agreements.join(kind, new)",
        "            pass",
        AHEAD,
    ),
    Bug(
        "place of a record remembered when it has moved",
        "sync/ahead.py",
        "            self.named.forget()\n        self.agreements",
        "            pass\n        self.agreements",
        AHEAD,
    ),
    Bug(
        "our own failure held against the whole push",
        "sync/push.py",
        "        if failed is None or not _is_ours(error):",
        "        if True:",
        PUSH,
    ),
    Bug(
        "full disk held against the save",
        "sync/push.py",
        "isinstance(error, Exception)) and fault_of(error) is None",
        "isinstance(error, Exception))",
        PUSH,
    ),
    Bug(
        "save waits for ever",
        "sync/waiting.py",
        "    if now < read_instant(since) + timedelta(days=limits.WAITING_DAYS_MAX):",
        "    if True:",
        PUSH,
    ),
    Bug(
        "base of an older store accepted",
        "sync/push.py",
        "    if is_behind(store, save.base, asked.head):",
        "    if False:",
        "tests/sync/test_epoch.py",
    ),
    Bug(
        "newer declaration judged by the older",
        "sync/admit.py",
        "    if save.schema > kind.version:",
        "    if False:",
        ADMIT,
    ),
    Bug("old declaration judged for ever", "sync/admit.py", "    if save.schema < oldest:", "    if False:", ADMIT),
    Bug(
        "numbers not normalised",
        "sync/admit.py",
        "        values[field_key] = judged",
        "        values[field_key] = value",
        f"{ADMIT} {PUSH}",
    ),
    Bug("lock ignored", "sync/admit.py", "    if locked_at is None:", "    if True:", f"{ADMIT} {PUSH}"),
    Bug(
        "lock boundary off by one",
        "sync/admit.py",
        "if base < locked_at else",
        "if base <= locked_at else",
        f"{ADMIT} {PUSH}",
    ),
    Bug(
        "foreign record writable",
        "sync/admit.py",
        "    if not refused:\n        return None\n    if decided(",
        "    if True:\n        return None\n    if decided(",
        f"{ADMIT} {PUSH}",
    ),
    Bug(
        "old faults held against the next author",
        "sync/admit.py",
        "        if field in touched or not before or (problem.code, problem.field) not in known:",
        "        if True:",
        f"{ADMIT} {PUSH}",
    ),
    Bug(
        "replaces not rewritten through held saves",
        "sync/rewrite.py",
        "        if key in seen:\n            continue",
        "        if key in seen or (live and (field_key, key) not in live):\n            continue",
        PUSH,
    ),
    Bug(
        "unknown replaces accepted",
        "sync/rewrite.py",
        '        return Problem("unknown_replaces", field_key)',
        "        return None",
        PUSH,
    ),
    Bug(
        "replaced values stay",
        "sync/document.py",
        "        for name in removed:\n            del claims[name]",
        "        for name in ():\n            del claims[name]",
        "tests/sync/test_document.py",
    ),
    Bug(
        "last writer wins",
        "sync/push.py",
        "    replaces = rewritten(store, save, before)\n",
        "    replaces = rewritten(store, save, before)\n"
        "    if before is not None and not isinstance(replaces, Problem):\n"
        "        replaces = {k: tuple(c.save_key for c in before.claims if c.field_key == k) for k in save.set}\n",
        PUSH,
    ),
    Bug(
        "feed not touched when a record leaves",
        "sync/feed.py",
        "for scope in sorted(before - after)]",
        "for scope in ()]",
        PULL,
    ),
    Bug("gone not sent", "sync/pull.py", "self.page.gone[name] = None", "pass", PULL),
    Bug(
        "records do not follow their home",
        "sync/followers.py",
        "            if relation != found.relation:\n                _move(",
        "            if False:\n                _move(",
        "tests/sync/test_materialise.py",
    ),
    Bug(
        "followers keep their revision",
        "sync/followers.py",
        "    found.revision = feed.next_revision(store)\n",
        "",
        PULL,
    ),
    Bug(
        "chain not linked",
        "sync/log.py",
        "self._hash = _chained(self._hash, chained)",
        "self._hash = _chained(FIRST_HASH, chained)",
        "tests/sync/test_log.py",
    ),
    Bug(
        "cut tail not noticed",
        "sync/log.py",
        "    if count != store.value(\"SELECT value FROM counter WHERE name = 'log'\"):",
        "    if False:",
        "tests/sync/test_log.py",
    ),
    Bug(
        "another store's mark taken for ours",
        "sync/pull.py",
        "        if mark and not has_mark(store, mark):",
        "        if False:",
        f"{PULL} tests/sync/test_epoch.py",
    ),
    Bug(
        "stale decision accepted",
        "sync/decide.py",
        "    if not found.moved_revision <= decision.revision <= found.revision:",
        "    if False:",
        "tests/sync/test_decide.py",
    ),
    Bug(
        "anybody decides",
        "sync/decide.py",
        '    if not decide_at(schema, person, "review", found.kind, found.place).allowed:\n'
        '        return Problem("cannot_decide")',
        "    if False:\n        return None",
        "tests/sync/test_decide.py",
    ),
    Bug(
        "approval with open versions",
        "sync/decide.py",
        "        if view.conflicts:",
        "        if False:",
        "tests/sync/test_decide.py",
    ),
    Bug(
        "revoked device still asks",
        "sync/people.py",
        "WHERE device = ? AND revoked_at IS NULL",
        "WHERE device = ?",
        "tests/sync/test_people.py tests/sync/test_push.py",
    ),
    Bug(
        "receipt before commit",
        "sync/store/sqlite.py",
        'self.execute("COMMIT")\n            except BaseException as error:',
        'self.execute("COMMIT") if len(self.path) < 4 else None\n            except BaseException as error:',
        "tests/faults/test_stopped_anywhere.py tests/sync/test_store.py",
    ),
    Bug(
        "goes on with a failed disk",
        "sync/store/sqlite.py",
        "self.is_failing = self.is_failing or fault_of(error) is Fault.failing",
        "pass",
        "tests/faults/test_failing_calls.py tests/faults/test_failing_disk.py",
    ),
    Bug(
        "synchronous normal",
        "sync/store/sqlite.py",
        'self.execute("PRAGMA synchronous = FULL")\n        if self.value("PRAGMA synchronous") != 2:',
        'self.execute("PRAGMA synchronous = NORMAL")\n        if False:',
        "tests/sync/test_store.py tests/faults/test_power_cut.py",
    ),
    Bug(
        "news to who sees other scopes by now",
        "sync/news.py",
        "if circumstances != _circumstances(store, scopes) or not",
        "if not",
        "tests/sync/test_news.py",
    ),
    Bug(
        "news without what has left",
        "sync/news.py",
        "                if row is None or len(found) == limits.NEWS_RECORDS_MAX:\n                    return None",
        "                if row is None:\n                    continue",
        "tests/sync/test_news.py",
    ),
    Bug(
        "sum of news leaves out who wrote",
        "sync/news.py",
        'f"{field_key}:{save_key}"',
        'f"{field_key}"',
        "tests/sync/test_news.py tests/sync/test_interop.py",
    ),
    Bug(
        "opened once, open for ever",
        "sync/break_glass.py",
        "AND at <= ? AND until > ?",
        "AND at <= ? AND (until > ? OR TRUE)",
        "tests/server/test_break_glass.py",
    ),
    Bug(
        "who asks for a list agrees to it",
        "sync/exports.py",
        '        return Problem("needs_another_person")\n    store.execute(',
        "        pass\n    store.execute(",
        "tests/server/test_exports.py",
    ),
    Bug(
        "anybody says that a lost phone is empty",
        "sync/clearing.py",
        "if not is_signed(",
        "if False and not is_signed(",
        "tests/server/test_lost_phone.py",
    ),
    Bug(
        "what holds once holds twice",
        "sync/tries.py",
        "            if store.value(sql, (what, until)) is not None:",
        "            if store.value(sql, (what, until)) is not None or True:",
        "tests/server/test_sign_in.py tests/server/test_sessions.py",
    ),
    Bug(
        "audit not linked",
        "sync/audit.py",
        "hmac.digest(key, before + json",
        "hmac.digest(key, json",
        "tests/sync/test_audit.py",
    ),
    Bug(
        "what is sealed lies open in the log",
        "sync/log.py",
        '    return entry.entry == "epoch"',
        "    return True",
        DATA_KEYS,
    ),
    Bug(
        "one key for two entries",
        "sync/store/data_keys.py",
        "        key = self._free.pop()",
        "        key = self._free[-1]",
        DATA_KEYS,
    ),
    Bug(
        "sealed entry opens in another place",
        "sync/store/data_keys.py",
        '    return b"entry %d" % position',
        '    return b"entry"',
        DATA_KEYS,
    ),
    Bug(
        "signature good again elsewhere",
        "server/auth/signatures.py",
        "    if not tries.spend(store, signature.name, now, 2 * WINDOW):",
        "    if False:",
        "tests/server/test_sign_in.py",
    ),
    Bug(
        "second way in never due",
        "server/auth/second_way.py",
        "    if due is not None and asking.now >= due:",
        "    if False:",
        "tests/server/test_second_way.py",
    ),
    Bug(
        "account stops with its cases",
        "server/graphql/accounts.py",
        "        if waiting:\n            raise Refusal(Found",
        "        if False:\n            raise Refusal(Found",
        "tests/server/test_stopped_account.py",
    ),
    Bug(
        "one number in two tabs",
        "pwa/src/sync/outbox.ts",
        "  if ((counted?.device_sequence ?? 0) + 1 !== row.device_sequence) throw new NumberTaken();\n",
        "",
        f"{PHONE}/two_tabs.test.ts",
    ),
    Bug(
        "saved before the disk has it",
        "pwa/src/sync/store.ts",
        "durability: 'strict' | 'relaxed' = 'strict'): Promise<T> {",
        "durability: 'strict' | 'relaxed' = 'relaxed'): Promise<T> {",
        f"{PHONE}/outbox.test.ts",
    ),
    Bug(
        "half a save kept on a full phone",
        "pwa/src/sync/store.ts",
        "      transaction.abort();\n    } catch (already)",
        "    } catch (already)",
        f"{PHONE}/full_phone.test.ts",
    ),
    Bug(
        "page kept without its cursors",
        "pwa/src/sync/pull.ts",
        "    await transaction.objectStore('meta').put(cursors, 'cursors');\n",
        "    if (!page.more) await transaction.objectStore('meta').put(cursors, 'cursors');\n",
        f"{PHONE}/hostile_network.test.ts",
    ),
    Bug(
        "anybody's JSON taken for the centre's",
        "pwa/src/graphql.ts",
        "  if (typeof data !== 'object' || data === null || Object.keys(data).length === 0) throw"
        " new NetworkFailure('not_the_centre');\n  if (part !== undefined && !data[part]) throw",
        "  if (false) throw",
        f"{PHONE}/hostile_network.test.ts",
    ),
    Bug(
        "pause that was asked for not kept",
        "pwa/src/sync/loop.ts",
        "  if (wait_seconds !== null) return",
        "  if (wait_seconds !== null && false) return",
        f"{PHONE}/loop.test.ts",
    ),
    Bug(
        "another content under the same revision overlooked",
        "pwa/src/sync/digest.ts",
        "one.row.sum !== undefined && one.row.sum !== sumOf(one.row.claims)",
        "false",
        f"{PHONE}/digest.test.ts",
    ),
    Bug(
        "what a phone says is unsent not kept",
        "server/auth/contact.py",
        "        count = unsent if isinstance(unsent, int) and 0 <= unsent <= UNSENT_MAX else None",
        "        count = None",
        "tests/server/test_devices.py",
    ),
)
