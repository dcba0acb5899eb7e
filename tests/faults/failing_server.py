"""A real server process whose disk fails when it is told to (SIGUSR1): writes go nowhere, and waiting for them fails.

Not here: the test that starts it (test_failing_disk.py).
"""

import contextlib
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from server.__main__ import main


def fail_from_now_on(number: int, frame: FrameType | None) -> None:
    """Put a device that cannot be waited for in the place of the database's log on the disk."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            if os.readlink(entry).endswith("-wal"):
                os.dup2(nowhere, int(entry.name))


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, fail_from_now_on)
    sys.exit(main())
