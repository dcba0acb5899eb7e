"""A server that kills itself after the commit of a chosen push, before its answer; run by test_process.py.

Not here: anything of the product; only the function between the store and the answer is wrapped.
"""

import os
import signal
import sys
from typing import Any

from server.__main__ import main
from server.graphql import sync

DIES_AT = int(os.environ.pop("DIES_AT_PUSH"))


def dying(honest: Any) -> Any:
    """The same push, whose answer never leaves when it is the chosen one."""
    count = 0

    def push(*given: Any) -> Any:
        nonlocal count
        receipts = honest(*given)
        count += 1
        if count == DIES_AT:
            os.kill(os.getpid(), signal.SIGKILL)
        return receipts

    return push


if __name__ == "__main__":
    vars(sync.pushing)["push"] = dying(sync.pushing.push)
    sys.exit(main())
