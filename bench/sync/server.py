"""One Doorstep server process for the benchmark: the product as it is, with one more record kind and many people.

Not here: what is measured. Nothing is switched off: sign-in, signatures, permissions, review, possible doubles and the
log are those of the product. The kind is that of the records every contestant is given, see declarations/.
"""

import argparse
import shutil
import signal
import socket
import sys
import tempfile
from pathlib import Path

import uvicorn

from schema.load import FOLDER, load_schema
from schema.model import Membership, Schema
from server.app import create_app
from server.settings import Settings
from sync import people
from sync.store.opening import open_store
from sync.store.store import Store

DECLARATIONS = Path(__file__).parent / "declarations"
# 20 centres of 5 teams of 5: the 500 phones that come back at once. Everything else happens in the first team.
CENTRES, TEAMS, PHONES = 20, 5, 5


def declarations() -> Schema:
    """The product's declarations and the measured kind beside them."""
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder)
        for part in ("records", "vocabularies"):
            shutil.copytree(FOLDER / part, whole / part)
            shutil.copytree(DECLARATIONS / part, whole / part, dirs_exist_ok=True)
        for file in FOLDER.glob("*.toml"):
            shutil.copy(file, whole)
        return load_schema(whole)


def add_people(store: Store) -> None:
    """Every centre, team and person, in one commit; `c00_t0_s` supervises the first team, and so on."""
    with store.atomic():
        # One device of the first team copies every record, however many are measured.
        store.execute("INSERT OR REPLACE INTO setting VALUES ('phone_records_max', '10000000')")
        for c in range(CENTRES):
            centre = f"c{c:02d}"
            people.add_centre(store, centre, f"第{c + 1}中心")
            for t in range(TEAMS):
                team = f"{centre}_t{t}"
                people.add_team(store, team, f"{t + 1}组", centre)
                roles = {f"{team}_p{p}": "outreach_worker" for p in range(PHONES)} | {f"{team}_s": "supervisor"}
                for person, role in roles.items():
                    people.add_member(store, person, person, centre, [Membership(role, centre, team)])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    schema = declarations()
    settings = Settings(data=options.data, demo=True)
    if not settings.store_path.exists():
        store = open_store(settings.store_path, schema)
        add_people(store)
        store.close()
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", options.port))
    listening.listen(1024)
    port = listening.getsockname()[1]
    print(f"READY {port}", flush=True)
    # With the headers of the product, which are part of every answer's bytes.
    config = uvicorn.Config(
        create_app(settings, schema=schema),
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=10,
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
