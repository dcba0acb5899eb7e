"""How much the rows of docs/security.md try: a little in every run, as much as each row asks for under `make security`.

    NIGHT_SECURITY=1    all of it; NIGHT_SECURITY=0.1 a tenth, never less than every run has

Not here: the nights of tests/faults, which have sizes of their own.
"""

import os

SHARE = float(os.environ.get("NIGHT_SECURITY", "0"))


def size(every_run: int, row: int) -> int:
    """How many are tried."""
    return max(every_run, int(row * SHARE))


FORGED = size(800, 200_000)  # S1
REPLAYS = size(20, 500)  # S7
PAIRS = size(60, 2_000)  # S13
FUZZED_PASSKEYS = size(400, 50_000)  # S16
CODE_GUESSES, CODE_ROUNDS = size(25, 1_000), size(1, 100)  # S18
PIN_GUESSES, PIN_ROUNDS = size(60, 1_000), size(1, 100)  # S19
HONEST = size(4, 200)  # S26
AUDITED = size(60, 5_000)  # S28
ODD_SEEDS = size(1, 100)  # S40
BEGINNINGS = size(2, 100)  # S35
SCANNED = size(200, 5_000)  # S33
SPOOFED = size(100, 500)  # S3
KILLED_ROTATIONS = size(8, 100)  # S30
