"""What an operator can set, read once from the environment into one frozen object. Nothing here opens a file or a port.

Whether this process is the demo is not a setting of the environment: only the `demo` command says so.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from sync.store.opening import is_postgres

LOOPBACK_HOSTS = ("localhost", "127.0.0.1")
# What an operator may set. Any other name stops the start: a setting with a slip in it would silently not hold.
VARIABLES = frozenset(
    f"DOORSTEP_{name}"
    for name in (
        "DATA",
        "STORE",
        "STORE_OWNER",
        "APP",
        "HOST",
        "PORT",
        "ORIGIN",
        "SESSION_IDLE_MINUTES",
        "SESSION_HOURS_MAX",
        "BACKUPS",
        "FREE_MEGABYTES_MIN",
        "METRICS_TOKEN",
        "FILES_GIB_MAX",
        "CHECKPOINTS",
        "OPERATIONS",
        "PROXIES",
    )
)
# Long enough that nobody guesses it.
TOKEN_CHARACTERS_MIN = 20
REPOSITORY = Path(__file__).resolve().parent.parent


class SettingError(Exception):
    """A setting that cannot be used; the message names the variable and says what it should be."""

    def __init__(self, variable: str, reason: str) -> None:
        super().__init__(f"{variable}: {reason}")
        self.variable = variable


@dataclass(frozen=True)
class Settings:
    """How one server process runs.

    data                    folder of the database, and of photos and other files
    store                   another file, or a PostgreSQL for many centres; None for a file in the folder
    store_owner             the same PostgreSQL for who owns its tables; only `prepare-store` uses it
    app                     folder of the built phone app
    host, port              where it listens; port 0 takes a free one
    origin                  scheme, host and port under which browsers reach it, without a path
    session_idle_minutes    the session of a phone that is unused for so long ends
    session_hours_max       a phone goes on no longer after its person proved to be there
    backups                 folder of the backups; None for `backups` beside the database
    checkpoints             folder of the audit's heads, best on another disk; None for one beside the database
    free_megabytes_min      with less free disk the server does not start; an eighth of it is never written into
    metrics_token           who asks for the measures from elsewhere shows it; None: they are told on this machine only
    files_bytes_max         all files together; text is kept beyond it
    operations              list of GraphQL texts that the centre's own programs may ask besides those of the app
    proxies                 addresses of reverse proxies, whose word for where a request comes from is taken
    demo                    sign-in without proof, introspection; loopback only
    """

    data: Path = Path("data")
    app: Path = REPOSITORY / "pwa" / "dist"
    host: str = "127.0.0.1"
    port: int = 8000
    origin: str = "http://localhost:8000"
    session_idle_minutes: int = 12 * 60
    session_hours_max: int = 7 * 24
    backups: Path | None = None
    checkpoints: Path | None = None
    free_megabytes_min: int = 256
    metrics_token: str | None = None
    files_bytes_max: int = 20 * 2**30
    operations: Path | None = None
    proxies: tuple[str, ...] = ()
    demo: bool = False
    # Never shown: they may hold a password.
    store: str | None = field(default=None, repr=False)
    store_owner: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.demo and self.host not in LOOPBACK_HOSTS:
            raise SettingError("DOORSTEP_HOST", "the demo listens on 127.0.0.1 only; use `serve` for anything else")

    @property
    def store_path(self) -> Path:
        """The database file, where it is one."""
        return self.data / "doorstep.sqlite3" if self.store is None or self.is_shared else Path(self.store)

    @property
    def is_shared(self) -> bool:
        """Whether the store is a PostgreSQL, which several processes serve at once."""
        return self.store is not None and is_postgres(self.store)

    @property
    def place(self) -> Path | str:
        """What the store is opened by; it may hold a password."""
        return self.store if self.store is not None and self.is_shared else self.store_path

    @property
    def store_name(self) -> str:
        """The store as it is told to people, without who signs in to it and by which password."""
        if self.store is None or not self.is_shared:
            return str(self.store_path)
        parts = urlsplit(self.store)
        return f"PostgreSQL {parts.hostname or 'on this machine'}{parts.path}"

    @property
    def reserved_bytes(self) -> int:
        """Free disk that no record is written into: what has begun, and the way out of a full disk, need some."""
        return self.free_megabytes_min * 1024 * 1024 // 8

    @property
    def files_path(self) -> Path:
        """The folder of photos and other files."""
        return self.data / "files"

    @property
    def checkpoints_path(self) -> Path:
        """The folder of the heads by which the audit can be proven later."""
        return self.checkpoints or self.data / "checkpoints"

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host names, without a port, under which a request may come."""
        return LOOPBACK_HOSTS if self.demo else (urlsplit(self.origin).hostname or "",)

    @property
    def is_https(self) -> bool:
        """Whether browsers reach this server over TLS, so that cookies may say Secure."""
        return self.origin.startswith("https://")


def settings_from(environment: Mapping[str, str]) -> Settings:
    """Read every `DOORSTEP_` variable; raises SettingError that names the variable, also for one nobody knows."""
    for variable in sorted(environment):
        if variable.startswith("DOORSTEP_") and variable not in VARIABLES:
            raise SettingError(variable, f"is not a setting of Doorstep; known are {', '.join(sorted(VARIABLES))}")
    port = _whole(environment, "DOORSTEP_PORT", 8000, 0, 65535)
    return Settings(
        data=Path(environment.get("DOORSTEP_DATA", "data")),
        app=Path(environment.get("DOORSTEP_APP", str(REPOSITORY / "pwa" / "dist"))),
        host=environment.get("DOORSTEP_HOST", "127.0.0.1"),
        port=port,
        origin=_origin(environment.get("DOORSTEP_ORIGIN", f"http://localhost:{port}")),
        session_idle_minutes=_whole(environment, "DOORSTEP_SESSION_IDLE_MINUTES", 12 * 60, 1, 24 * 60),
        session_hours_max=_whole(environment, "DOORSTEP_SESSION_HOURS_MAX", 7 * 24, 1, 7 * 24),
        backups=Path(environment["DOORSTEP_BACKUPS"]) if "DOORSTEP_BACKUPS" in environment else None,
        checkpoints=Path(environment["DOORSTEP_CHECKPOINTS"]) if "DOORSTEP_CHECKPOINTS" in environment else None,
        free_megabytes_min=_whole(environment, "DOORSTEP_FREE_MEGABYTES_MIN", 256, 0, 1024 * 1024),
        metrics_token=_token(environment.get("DOORSTEP_METRICS_TOKEN")),
        proxies=_proxies(environment.get("DOORSTEP_PROXIES", "")),
        store=_store(environment, "DOORSTEP_STORE"),
        store_owner=_store(environment, "DOORSTEP_STORE_OWNER"),
        operations=Path(environment["DOORSTEP_OPERATIONS"]) if "DOORSTEP_OPERATIONS" in environment else None,
        files_bytes_max=_whole(environment, "DOORSTEP_FILES_GIB_MAX", 20, 1, 100_000) * 2**30,
    )


def _store(environment: Mapping[str, str], variable: str) -> str | None:
    text = environment.get(variable)
    if text is None:
        return None
    # What stands there is not repeated: it may hold a password.
    is_named = is_postgres(text) and len(urlsplit(text).path) > 1
    if not text or ("://" in text and not is_named):
        raise SettingError(variable, "must be a file, or like postgresql://doorstep@db.example.org/doorstep")
    return text


def _proxies(text: str) -> tuple[str, ...]:
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    if not all(_is_address(part) for part in found):
        raise SettingError("DOORSTEP_PROXIES", "must be addresses with commas between them, like 127.0.0.1")
    return found


def _token(text: str | None) -> str | None:
    if text is not None and (len(text) < TOKEN_CHARACTERS_MIN or not text.isascii() or " " in text):
        raise SettingError("DOORSTEP_METRICS_TOKEN", f"must be {TOKEN_CHARACTERS_MIN} or more letters and digits")
    return text


def _whole(environment: Mapping[str, str], variable: str, default: int, least: int, most: int) -> int:
    text = environment.get(variable)
    if text is None:
        return default
    if not text.isdecimal() or not least <= int(text) <= most:
        raise SettingError(variable, f"must be a whole number from {least} to {most}")
    return int(text)


def _origin(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query or parts.username:
        raise SettingError("DOORSTEP_ORIGIN", "must be like https://doorstep.example.org, without a path")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK_HOSTS:
        raise SettingError("DOORSTEP_ORIGIN", "must begin with https:// unless it is localhost")
    if parts.scheme == "https" and _is_address(parts.hostname):
        raise SettingError("DOORSTEP_ORIGIN", "must be a name and no address; passkeys are made for a name")
    return f"{parts.scheme}://{parts.netloc}"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
