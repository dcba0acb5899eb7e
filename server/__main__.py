"""The `doorstep` command: what an operator can ask of a centre's server, each step told in a plain sentence while it
is done. The work itself lives in the modules that are called here.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import re
import secrets
import shutil
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import uvicorn

from schema.load import load_schema
from server.app import create_app
from server.audit_key import audit_key, audit_key_path
from server.files.store import FileStore
from server.files.sweeping import sweep_files
from server.graphql.root import graphql_schema
from server.operations import doctor
from server.operations.audit_check import follow_audit
from server.operations.backup import MADE, make_backup, opened, read_exported
from server.operations.beginning import begin, invite_again
from server.operations.checkpoints import checkpoints_path, forget_checkpoints, read_checkpoints
from server.operations.destruction import destroy, told
from server.operations.faults import CommandError, told_plainly
from server.operations.file_copies import LOCK
from server.operations.files import locked, write_whole
from server.operations.logs import start_logging
from server.operations.mark import write_mark
from server.operations.restore import adopt, alone, restore, restore_files
from server.operations.retention import told_of_centre
from server.operations.stopping import CUT_SECONDS_MAX, GracefulServer, Stopping
from server.register import import_register
from server.seed import seed as write_world
from server.settings import VARIABLES, SettingError, Settings, settings_from
from sync import people
from sync.audit import AuditBroken, AuditHead
from sync.backup import head_of, written_head
from sync.log import LogBroken, check_log
from sync.materialise import rebuild
from sync.retention import due
from sync.store.opening import prepare_store
from sync.store.store import Store, StoreError
from sync.times import local_date

SIZES = ("small", "full", "phone")


_OWN_TOOLS = (
    "PostgreSQL 用它自己的工具备份和恢复（pg_dump，或连续归档）；恢复以后运行 doorstep restore --here。\n"
    "PostgreSQL is backed up and restored by its own tools (pg_dump, or continuous archiving); after that run"
    " `doorstep restore --here`."
)


_NOT_SEALED = (
    "PostgreSQL 里的记录没有封住，不能这样销毁。\n"
    "What a PostgreSQL keeps is not sealed, so nothing of it can be destroyed this way."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    options = _parser().parse_args(arguments)
    try:
        settings = settings_from(os.environ)
        if options.data:
            settings = replace(settings, data=options.data)
        return int(options.command(settings, options))
    except (SettingError, CommandError, StoreError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def serve(settings: Settings, options: argparse.Namespace) -> int:
    """Serve a centre that has a database already."""
    _need_store(settings)
    if (settings.data / MADE).is_file():
        raise CommandError(f"{settings.data} holds an invented neighbourhood. Use `demo`, or another folder.")
    if options.port is not None:
        settings = replace(settings, port=options.port)
    # Processes that share a PostgreSQL may share a folder of files too.
    with nullcontext() if settings.is_shared else alone(settings):
        _must_be_well(settings)
        _note_head(settings)
        try:
            _listen(settings, f"Doorstep serves {settings.origin}/ and listens on {{host}}:{{port}}")
        finally:
            _note_head(settings)
    return 0


def init(settings: Settings, options: argparse.Namespace) -> int:
    """Begin a centre: secrets, the director, and the one invite by which they come in."""
    now = datetime.now(UTC)
    if (settings.data / MADE).is_file():
        raise CommandError(f"{settings.data} holds an invented neighbourhood. Choose another folder with --data.")
    if options.again:
        invited = invite_again(settings, now)
    else:
        invited = begin(settings, options.centre, options.director, options.team, now)
        print(f"密钥在 {settings.data} 的 secrets、centre_keys 和 audit.key，另存一份，不要和备份放在一起。")
        print(f"The secrets are secrets, centre_keys and audit.key in {settings.data}. Keep a copy, away from backups:")
        print("没有 centre_keys，谁也打不开任何备份。/ without centre_keys nobody can open any backup.")
    for entry in invited:
        print(f"\n{entry.centre} · {entry.name}")
        print(
            f"30 分钟内，在主任的电脑或手机上打开 / Within 30 minutes, on the director's device, open\n"
            f"  {settings.origin}/e#{entry.made.token}"
        )
        print(f"或打开 {settings.origin}/ 输入 / or open it and type:  {entry.made.code}")
        if entry.codes:
            print("恢复码，打印出来放进保险柜，只显示这一次 / Recovery codes for the safe, shown this once:")
            for code in entry.codes:
                print(f"  {code}")
    return 0


def demo(settings: Settings, options: argparse.Namespace) -> int:
    """Serve an invented neighbourhood on this machine only, made first if it is not there."""
    data = options.data or settings.data / ("demo" if options.size == "full" else f"demo-{options.size}")
    port = settings.port if options.port is None else options.port
    # An invented neighbourhood is a file of its own, whatever else is served from here.
    settings = replace(settings, data=data, host="127.0.0.1", port=port, demo=True, store=None)
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with alone(settings):
        _make_demo(settings, options.size, options.fresh)
        _listen(settings, "Open http://localhost:{port}/")
    return 0


def seed(settings: Settings, options: argparse.Namespace) -> int:
    """Fill an empty database with the invented neighbourhood."""
    if not settings.is_shared and settings.store_path.exists():
        raise CommandError(f"{settings.store_path} exists already. Choose another folder with --data.")
    _seed(settings, options.size, options.today or local_date(datetime.now(UTC)))
    return 0


def import_file(settings: Settings, options: argparse.Namespace) -> int:
    """Import a centre's own register of homes and residents, all of it or nothing."""
    _need_store(settings)
    if not options.file.is_file():
        raise CommandError(f"There is no file at {options.file}.")
    print(f"Reading {options.file} and checking every row.", flush=True)
    with opened(settings.place) as store:
        now = datetime.now(UTC)
        report = import_register(store, load_schema(), options.person, options.file, now, options.dry_run)
    for line in report.lines(options.language):
        print(line)
    return 1 if report.problems else 0


def rebuild_tables(settings: Settings, options: argparse.Namespace) -> int:
    """Derive every table from the log again and prove that they are equal."""
    _need_store(settings)
    print(f"Folding the log of {settings.store_name} again.", flush=True)
    differences = []
    with told_plainly(settings.store_name), opened(settings.place) as store:
        for part in store.parts():
            store.bind(part)
            differences += rebuild(store, load_schema())
    for difference in differences:
        print(difference)
    print("Some tables differed; now they follow the log." if differences else "Every table was as the log has it.")
    return 1 if differences else 0


def check(settings: Settings, options: argparse.Namespace) -> int:
    """Follow the hash chain of the log from its first entry, through a head kept elsewhere if one is given."""
    _need_store(settings)
    exported = read_exported(options.against).head if options.against else None
    print(f"Following the chain of {settings.store_name}.", flush=True)
    with told_plainly(settings.store_name), opened(settings.place) as store:
        parts = _chosen(store, options.centre, needs_one=bool(options.against or options.export))
        for part in parts:
            store.bind(part)
            found = check_log(store, exported.log if exported else None)
            of = f" of {part}" if part else ""
            if isinstance(found, LogBroken):
                print(f"The log{of} is broken at entry {found.position}: {found.reason}.")
                print("Go back to the last good backup.")
                return 1
            print(f"The log{of} is whole: {found.entries:,} entries, revision {found.revision:,}, head {found.hash}.")
        head = head_of(store, datetime.now(UTC)) if options.export else None
    if exported is not None:
        print(f"It passes through the head of {exported.made_at}, entry {exported.entries:,}.")
    if head is not None and not isinstance(head, LogBroken):
        with told_plainly(options.export):
            write_whole(options.export, written_head(head).encode())
        print(f"Its head is written to {options.export}. Keep it on another machine, or on paper.")
    return 0


def audit(settings: Settings, options: argparse.Namespace) -> int:
    """Follow the chain of each centre's audit through its checkpoints, and through a head that somebody reads out."""
    _need_store(settings)
    if not audit_key_path(settings).is_file():
        raise CommandError(
            f"The key of the audit is missing: {audit_key_path(settings)}. Put it back from where it is kept."
        )
    key, broken = audit_key(settings), False
    with told_plainly(settings.store_name), opened(settings.place) as store:
        store.audit_key = key
        centres = [centre for centre, _ in people.centres(store) if options.centre in (None, centre)]
        if not centres:
            raise CommandError(f"There is no centre {options.centre}.")
        if options.witness and len(centres) > 1:
            raise CommandError(f"A head is of one centre. Name it with --centre: {', '.join(centres)}.")
        for centre in centres:
            store.bind(centre)
            kept, wrong = read_checkpoints(settings, centre, key)
            found = follow_audit(store, settings.place, centre, [*(one.head for one in kept), *options.witness])
            if wrong:
                print(f"{wrong:,} lines of {checkpoints_path(settings, centre)} are no checkpoints of this centre.")
            if isinstance(found, AuditBroken):
                print(f"The audit of {centre} is broken at entry {found.position:,}: {found.reason}.")
                last = next((one for one in reversed(kept) if one.size < found.position), None)
                print(
                    f"It is proven up to {last.at}, entry {last.size:,}." if last else "No checkpoint proves any of it."
                )
            else:
                print(f"The audit of {centre} is whole: {found.size:,} entries, head {found}.")
                print(f"It passes through {len(kept):,} checkpoints and {len(options.witness):,} heads given by hand.")
            broken = broken or bool(wrong) or isinstance(found, AuditBroken)
    return int(broken)


def _witness(text: str) -> AuditHead:
    size, _, mac = text.strip().partition("-")
    if not size.isdecimal() or not re.fullmatch(r"[0-9a-f]{12,64}", mac):
        raise argparse.ArgumentTypeError("must be a head as a phone shows it, for example 1234-0123456789ab")
    return AuditHead(int(size), mac)


def _chosen(store: Store, centre: str | None, needs_one: bool) -> list[str]:
    """Whose logs are meant: all of them, or that of one centre where a head stands for one."""
    parts = store.parts()
    if centre is not None:
        if centre not in parts:
            raise CommandError(f"There is no centre {centre}; there are {', '.join(part for part in parts if part)}.")
        return [centre]
    if needs_one and len(parts) > 1:
        raise CommandError(f"A head is of one log. Name the centre with --centre: {', '.join(parts)}.")
    return parts


def prepare(settings: Settings, options: argparse.Namespace) -> int:
    """Make or bring up to date the tables of a PostgreSQL, as their owner, for the role that serves."""
    if not settings.is_shared or settings.store is None:
        raise CommandError("DOORSTEP_STORE names no PostgreSQL. A file is prepared by whoever opens it.")
    if settings.store_owner is None:
        raise CommandError("Name the same database in DOORSTEP_STORE_OWNER, for the role that owns its tables.")
    role = urlsplit(settings.store).username
    if role is None or role == urlsplit(settings.store_owner).username:
        raise CommandError("Two roles are needed: one owns the tables, another, in DOORSTEP_STORE, serves.")
    with told_plainly(settings.store_name):
        prepare_store(settings.store_owner, unquote(role), load_schema())
    print(f"{settings.store_name} is prepared; {unquote(role)} may serve it.")
    return 0


def diagnose(settings: Settings, options: argparse.Namespace) -> int:
    """Look at everything that must be right before a centre is served."""
    findings = doctor.examine(settings, datetime.now(UTC))
    if options.json:
        print(json.dumps(doctor.as_data(findings), ensure_ascii=False, indent=2))
    else:
        for line in doctor.lines(findings):
            print(line)
        if not doctor.is_wrong(findings):
            print("可以开始服务。 This centre can be served.")
    return 1 if doctor.is_wrong(findings) else 0


def backup(settings: Settings, options: argparse.Namespace) -> int:
    """Back the centre up while it is served, prove the backup by restoring it, and name it."""
    if settings.is_shared:
        raise CommandError(_OWN_TOOLS)
    _need_store(settings)
    now = datetime.now(UTC)
    made = make_backup(settings, options.to, options.keep, options.copied_away, now, _say, options.keys_to)
    print(f"The backup is {made}; its head lies beside it.")
    return 0


def rotate_keys(settings: Settings, options: argparse.Namespace) -> int:
    """Wrap every data key by a new key of the centre and remove the one of before; begun again, it goes on."""
    if settings.is_shared:
        raise CommandError(_OWN_TOOLS)
    _need_store(settings)
    with told_plainly(settings.store_name), opened(settings.place) as store:
        if store.sealing is None:
            raise CommandError("Nothing is sealed in this store.")
        blocks = sum(store.sealing.rotate())
    print(f"{blocks:,} 组密钥已换上新的中心密钥，旧的已删除。 / {blocks:,} blocks of keys are wrapped by a new key.")
    print(f"马上把 {settings.data / 'centre_keys'} 另存一份，再做备份。旧的留 30 天：打开之前的密钥副本要用。")
    print("Now keep a copy of that folder and make a backup. Keep the older copy for 30 days: it opens older copies.")
    return 0


def destroy_records(settings: Settings, options: argparse.Namespace) -> int:
    """Destroy what two people agreed to at the desk, and print the certificate of each."""
    if settings.is_shared:
        raise CommandError(_NOT_SEALED)
    _need_store(settings)
    schema, places = load_schema(), [*options.to]
    own = settings.backups or settings.data / "backups"
    if own.is_dir() and own not in places:
        places.append(own)
    done = destroy(settings, schema, places, options.keys_to, datetime.now(UTC), _say)
    for one in done:
        for line in told(schema, one):
            print(line)
    if not done:
        print("没有要销毁的。 Nothing was agreed to be destroyed.")
    return 0


def restore_backup(settings: Settings, options: argparse.Namespace) -> int:
    """Put a backup in the place of the database, or take over one put there by hand, under a new epoch."""
    if [options.file is not None, options.here, options.files is not None].count(True) != 1:
        raise CommandError(
            "Name the backup to restore, or say --here for a database that was put in place by hand, or --files for"
            " photos and other files alone."
        )
    if options.files is not None:
        return _restore_files(settings, options.files)
    epoch, now = secrets.token_hex(8), datetime.now(UTC)
    if options.here:
        _need_store(settings)
        parents = adopt(settings, epoch, now, _say)
    elif settings.is_shared:
        raise CommandError(_OWN_TOOLS)
    else:
        parents = [restore(settings, options.file, options.replace, epoch, now, _say, options.keys_from)]
    for parent in parents:
        print(f"Restored up to revision {parent.revision:,} of epoch {parent.epoch}; it has a new epoch now.")
    print("Phones notice it by themselves and send again what they still hold. Phones that were revoked and sessions")
    print("that were ended after the backup hold again: look through them once more.")
    return 0


def _restore_files(settings: Settings, place: Path) -> int:
    _need_store(settings)
    if not place.is_dir():
        raise CommandError(f"There is no folder {place}. Name the folder of the backups.")
    if not restore_files(settings, place, _say):
        return 1
    print("Every photo and other file that the database names is there and whole.")
    return 0


def _say(sentence: str) -> None:
    print(sentence, flush=True)


def sweep(settings: Settings, options: argparse.Namespace) -> int:
    """Remove files that no save has named for a month, and uploads that stopped."""
    _need_store(settings)
    print(f"Looking for files in {settings.files_path} that no save names.", flush=True)
    with locked(settings.data / LOCK) as is_ours, opened(settings.place) as store:
        if not is_ours:
            raise CommandError("A backup is copying the files. Wait until it is done.")
        unnamed, stopped = sweep_files(store, load_schema(), FileStore(settings.files_path), datetime.now(UTC))
    print(f"Removed {unnamed:,} that no save names, and {stopped:,} that stopped on their way.")
    return 0


def retention(settings: Settings, options: argparse.Namespace) -> int:
    """Tell what is due by the classes of retention, at each centre; nothing is changed."""
    _need_store(settings)
    schema = load_schema()
    with told_plainly(settings.store_name), opened(settings.place) as store:
        for centre, name in people.centres(store):
            store.bind(centre)
            found = due(store, schema, centre, datetime.now(UTC))
            for line in told_of_centre(schema, name, found, options.ids):
                print(line)
    return 0


def print_schema(settings: Settings, options: argparse.Namespace) -> int:
    """Print every type, question and command of the API."""
    print(graphql_schema(load_schema(), True).as_str())
    return 0


def _must_be_well(settings: Settings) -> None:
    """Tell what is wrong, and refuse to serve where a receipt could not be kept or an answer could be false."""
    findings = doctor.examine(settings, datetime.now(UTC))
    for line in doctor.lines(findings):
        print(line, file=sys.stderr, flush=True)
    if doctor.is_wrong(findings):
        raise CommandError("服务没有开始。先解决打 ✗ 的问题。\nThe server did not start. Mend what is marked ✗ first.")


def _note_head(settings: Settings) -> None:
    with told_plainly(settings.data), opened(settings.place) as store:
        write_mark(settings, store, datetime.now(UTC))


def _make_demo(settings: Settings, size: str, fresh: bool) -> None:
    today = local_date(datetime.now(UTC))
    made_on = _made_on(settings)
    if made_on is None or fresh:
        _clear(settings)
        made = settings.data / MADE
        made.write_text(json.dumps({"made_on": None}), "utf-8")
        _seed(settings, size, today)
        made.write_text(json.dumps({"made_on": today.isoformat()}), "utf-8")
    elif made_on != today.isoformat():
        print(f"This neighbourhood was made on {made_on}; `demo --fresh` makes one as of today.", flush=True)


def _seed(settings: Settings, size: str, today: date) -> None:
    print(f"Making a fictional neighbourhood ({size}) as of {today.isoformat()}.", flush=True)
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with opened(settings.place) as store:
        write_world(store, load_schema(), size, today, progress=lambda sentence: print(f"  {sentence}", flush=True))


def _made_on(settings: Settings) -> str | None:
    """The day a complete neighbourhood was made, None where there is none."""
    path = settings.data / MADE
    found = json.loads(path.read_text("utf-8"))["made_on"] if path.is_file() else None
    return str(found) if found and settings.store_path.is_file() else None


def _clear(settings: Settings) -> None:
    """Remove what an earlier demo made, and nothing that it did not make."""
    if not settings.store_path.exists():
        return
    if not (settings.data / MADE).is_file():
        raise CommandError(f"{settings.store_path} is no demo's. Choose another folder with --data.")
    print("Clearing the neighbourhood of before.", flush=True)
    for ending in ("", "-wal", "-shm"):
        settings.store_path.with_name(settings.store_path.name + ending).unlink(missing_ok=True)
    shutil.rmtree(settings.files_path, ignore_errors=True)
    forget_checkpoints(settings)


def _need_store(settings: Settings) -> None:
    if not settings.is_shared and not settings.store_path.is_file():
        raise CommandError(f"There is no database at {settings.store_path}. Name its folder with --data.")


def _listen(settings: Settings, sentence: str) -> None:
    """Serve until SIGINT or SIGTERM; what has begun is answered, then the database is closed."""
    listening = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        listening.close()
        raise CommandError(
            f"Port {settings.port} of {settings.host} cannot be used ({error.strerror}). Choose another with --port."
        ) from error
    listening.listen(128)
    # Uvicorn stops gracefully on SIGTERM and then raises it again; to have been asked to stop is no failure.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        port = listening.getsockname()[1]
        print(sentence.format(host=settings.host, port=port), flush=True)
        print("Stop with Ctrl-C.", flush=True)
        stopping = Stopping()
        # The demo is run in somebody's terminal: only what failed is told there.
        start_logging(logging.WARNING if settings.demo else logging.INFO)
        config = uvicorn.Config(
            create_app(replace(settings, port=port), stopping=stopping),
            log_level="warning",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=CUT_SECONDS_MAX,
        )
        GracefulServer(config, stopping).run(sockets=[listening])
    finally:
        print("Stopped.", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="doorstep",
        description="The server of a community service centre.",
        epilog=f"Settings from the environment: {', '.join(sorted(VARIABLES))}.",
    )
    parser.add_argument("--data", type=Path, help="folder of the database (else DOORSTEP_DATA, else ./data)")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, run: object, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.add_argument("--data", type=Path, default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        added.set_defaults(command=run)
        return added

    command("serve", serve, "serve a centre").add_argument("--port", type=int, help="else DOORSTEP_PORT, else 8000")
    begun = command("init", init, "begin a centre: its secrets, its director, and the invite by which they come in")
    begun.add_argument("--centre", metavar="NAME", help="of a new centre")
    begun.add_argument("--director", metavar="NAME", help="of its director")
    begun.add_argument("--team", metavar="NAME", action="append", default=[], help="a team of it; may be said again")
    begun.add_argument("--again", action="store_true", help="invite a director who has no device yet once more")
    tried = command("demo", demo, "serve an invented neighbourhood on this machine only")
    tried.add_argument("--port", type=int, help="0 takes a free one; else DOORSTEP_PORT, else 8000")
    tried.add_argument("--size", choices=SIZES, default="full", help="phone: one team as large as a phone may carry")
    tried.add_argument("--small", dest="size", action="store_const", const="small", help="a small one, made in seconds")
    tried.add_argument("--fresh", action="store_true", help="make the neighbourhood again, as of today")
    filled = command("seed", seed, "fill an empty database with the invented neighbourhood")
    filled.add_argument("--size", choices=SIZES, default="full")
    filled.add_argument("--today", type=date.fromisoformat, help="the day it is there, YYYY-MM-DD")
    brought = command("import", import_file, "import a centre's register (xlsx, xls or csv), all of it or nothing")
    brought.add_argument("file", type=Path)
    brought.add_argument("--as", dest="person", required=True, help="id of the director or supervisor who imports")
    brought.add_argument("--dry-run", action="store_true", help="check every row and write nothing")
    brought.add_argument("--language", choices=("zh", "en"), default="zh", help="of the report")
    looked = command("doctor", diagnose, "look at everything that must be right before a centre is served")
    looked.add_argument("--json", action="store_true", help="for a program")
    command("prepare-store", prepare, "make the tables of a PostgreSQL, or bring them up to this version")
    command("rebuild", rebuild_tables, "derive every table from the log again and prove them equal")
    command("print-schema", print_schema, "print every type, question and command of the API")
    followed = command("check-log", check, "follow the hash chain of the log")
    followed.add_argument("--against", type=Path, metavar="HEADFILE", help="a head kept elsewhere that it must pass")
    followed.add_argument("--centre", metavar="ID", help="of one centre, where each has a log of its own")
    followed.add_argument("--export", type=Path, metavar="HEADFILE", help="write its head, to be kept elsewhere")
    saved = command("backup", backup, "back a centre up while it is served, and prove the backup by restoring it")
    saved.add_argument("--to", type=Path, metavar="FOLDER", help="else DOORSTEP_BACKUPS, else `backups` in the folder")
    saved.add_argument("--keep", type=_count, metavar="N", help="remove all but the newest N backups of the folder")
    saved.add_argument("--keys-to", type=Path, metavar="FOLDER", help="copy the data keys here, apart from the backup")
    saved.add_argument("--copied-away", action="store_true", help="the folder is copied to another machine")
    command("rotate-keys", rotate_keys, "wrap the keys of the log by a new key of the centre, also while it is served")
    gone = command("destroy", destroy_records, "destroy what two people agreed to at the desk, for good")
    gone.add_argument("--to", type=Path, metavar="FOLDER", action="append", default=[], help="backups are here too")
    gone.add_argument(
        "--keys-to", type=Path, metavar="FOLDER", action="append", default=[], help="copies of the data keys are here"
    )
    put = command("restore", restore_backup, "put a backup in the place of the database, under a new epoch")
    put.add_argument("file", type=Path, nargs="?", help="the backup, beside it the .head.json of the same name")
    put.add_argument("--replace", action="store_true", help="the database that is there is kept beside it")
    put.add_argument("--files", type=Path, metavar="FOLDER", help="bring back photos and other files alone, from here")
    put.add_argument("--keys-from", type=Path, metavar="FOLDER", help="where copies of the data keys lie")
    put.add_argument("--here", action="store_true", help="take over a database that was put in place by hand")
    traced = command("audit", audit, "prove that nobody changed, cut or rewrote the audit")
    traced.add_argument("verb", choices=("verify",))
    traced.add_argument("--centre", metavar="ID", help="of one centre")
    traced.add_argument(
        "--witness", type=_witness, action="append", default=[], metavar="SIZE-HEAD", help="a head that a phone shows"
    )
    kept = command("retention", retention, "tell what has been kept for as long as its class says")
    kept.add_argument("verb", choices=("propose",))
    kept.add_argument("--ids", action="store_true", help="name the records too, by their ids alone")
    command("sweep-files", sweep, "remove files that no save names")
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
