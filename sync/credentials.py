"""What a person or a device proves itself by: passkeys, PINs that the server counts, recovery codes, as rows.

Not here: whether a proof is right (server/auth), and the secrets without which these rows say nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sync.store.store import Store
from sync.times import written

# Wrong so often in a row, a PIN is worth nothing any more, and the share it gave is gone.
PIN_TRIES_MAX = 10


@dataclass(frozen=True)
class Passkey:
    """A passkey of a person. counter: of its uses, as it last said; device: with which it was made."""

    passkey: str
    person: str
    device: str
    public_key: bytes
    counter: int
    has_prf: bool


@dataclass(frozen=True)
class Pin:
    """What the server knows of the PIN of a device. seed: half of its share, None once that was destroyed."""

    device: str
    proof_hash: str
    tries: int
    seed: bytes | None


@dataclass(frozen=True)
class WaysIn:
    """The ways in that a person has.

    codes  recovery codes not used yet, printed at codes_made_at; since: when the first device of theirs came in
    """

    passkeys: int
    codes: int
    codes_made_at: str | None
    since: str | None

    @property
    def is_enough(self) -> bool:
        """Whether losing one of them would leave another."""
        return self.passkeys > 1 or (self.passkeys > 0 and self.codes > 0)


def add_passkey(store: Store, passkey: Passkey, now: datetime) -> None:
    """Keep a new passkey of a person of the centre that the store is bound to."""
    store.enter("passkey", passkey.passkey)
    store.execute(
        "INSERT INTO passkey (passkey, person, device, public_key, counter, has_prf, added_at, used_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            passkey.passkey,
            passkey.person,
            passkey.device,
            passkey.public_key,
            passkey.counter,
            int(passkey.has_prf),
            written(now),
            written(now),
        ),
    )


def passkey_of(store: Store, passkey: str) -> Passkey | None:
    """The passkey of an id, unless it was revoked; the store is bound to its centre."""
    store.bind_by("passkey", passkey)
    found = store.row(
        "SELECT passkey, person, device, public_key, counter, has_prf FROM passkey"
        " WHERE passkey = ? AND revoked_at IS NULL",
        (passkey,),
    )
    if found is None:
        return None
    id, person, device, public_key, counter, has_prf = found
    return Passkey(id, person, device, bytes(public_key), counter, bool(has_prf))


def passkeys_of(store: Store, person: str) -> list[str]:
    """The ids of a person's passkeys that are not revoked."""
    sql = "SELECT passkey FROM passkey WHERE person = ? AND revoked_at IS NULL ORDER BY added_at, passkey"
    return [row[0] for row in store.rows(sql, (person,))]


def use_passkey(store: Store, passkey: str, counter: int, now: datetime) -> None:
    """Note that a passkey was used, and what it counts since."""
    store.execute(
        "UPDATE passkey SET counter = ?, used_at = ? WHERE passkey = ?",
        (counter, written(now), passkey),
    )


def revoke_passkeys_of(store: Store, device: str, now: datetime) -> None:
    """The passkeys that were made with a device are worth nothing any more."""
    store.execute("UPDATE passkey SET revoked_at = ? WHERE device = ? AND revoked_at IS NULL", (written(now), device))


def set_pin(store: Store, device: str, proof_hash: str, seed: bytes) -> None:
    """A device gets a PIN, or a new one."""
    store.execute(
        "INSERT INTO pin (device, proof_hash, tries, seed) VALUES (?, ?, 0, ?) ON CONFLICT (device)"
        " DO UPDATE SET proof_hash = excluded.proof_hash, tries = 0, seed = excluded.seed",
        (device, proof_hash, seed),
    )


def change_pin(store: Store, device: str, proof_hash: str) -> bool:
    """A device gets another PIN for the share it has; False where it has none any more."""
    changed = store.rows(
        "UPDATE pin SET proof_hash = ? WHERE device = ? AND seed IS NOT NULL RETURNING device", (proof_hash, device)
    )
    return changed != []


def try_pin(store: Store, device: str) -> Pin | None:
    """The PIN of a device, one try of its ten used up before it is judged; None where there is none to try."""
    with store.atomic():
        found = store.row("SELECT device, proof_hash, tries, seed FROM pin WHERE device = ?", (device,))
        if found is None or found[2] >= PIN_TRIES_MAX:
            return None
        store.execute("UPDATE pin SET tries = tries + 1 WHERE device = ?", (device,))
    return Pin(found[0], found[1], found[2] + 1, None if found[3] is None else bytes(found[3]))


def settle_pin(store: Store, device: str, is_right: bool) -> int:
    """What the try was worth: a right one forgives the wrong ones, the last wrong one destroys the share.

    Returns how many are left.
    """
    with store.atomic():
        if is_right:
            store.execute("UPDATE pin SET tries = 0 WHERE device = ? AND seed IS NOT NULL", (device,))
        else:
            store.execute("UPDATE pin SET seed = NULL WHERE device = ? AND tries >= ?", (device, PIN_TRIES_MAX))
        tries = store.value("SELECT tries FROM pin WHERE device = ?", (device,))
    return PIN_TRIES_MAX if tries is None else max(0, PIN_TRIES_MAX - int(tries))


def forget_pin(store: Store, device: str) -> None:
    """A device that is revoked: its share is destroyed, and no PIN is tried there any more."""
    store.execute("UPDATE pin SET seed = NULL, tries = ? WHERE device = ?", (PIN_TRIES_MAX, device))


def set_recovery_codes(store: Store, person: str, code_hashes: Iterable[str], now: datetime) -> None:
    """New recovery codes of a person; those of before are worth nothing."""
    with store.atomic():
        store.execute("DELETE FROM recovery_code WHERE person = ?", (person,))
        for code_hash in code_hashes:
            store.enter("recovery", code_hash)
            store.execute(
                "INSERT INTO recovery_code (code_hash, person, made_at) VALUES (?, ?, ?)",
                (code_hash, person, written(now)),
            )


def ways_in(store: Store, person: str) -> WaysIn:
    """What a person could sign in with now."""
    codes, made_at = store.rows(
        "SELECT count(*) - count(used_at), max(made_at) FROM recovery_code WHERE person = ?", (person,)
    )[0]
    since = store.value("SELECT min(added_at) FROM device WHERE person = ?", (person,))
    return WaysIn(len(passkeys_of(store, person)), codes, made_at, since)


def use_recovery_code(store: Store, code_hash: str, now: datetime) -> str | None:
    """The person of a recovery code, which is used up by it; None for an unknown or a used one."""
    store.bind_by("recovery", code_hash)
    with store.atomic():
        person = store.value(
            "UPDATE recovery_code SET used_at = ? WHERE code_hash = ? AND used_at IS NULL RETURNING person",
            (written(now), code_hash),
        )
    return None if person is None else str(person)
