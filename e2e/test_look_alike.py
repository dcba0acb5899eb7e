"""A site that looks like the centre and passes everything on gets into nobody's account: neither by the finger of a
person who believes it, nor with the PIN that she types there. The same steps at the true address let her in.

Not here: each wrong part of an answer (tests/server/test_sign_in.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from e2e.centre import Centre
from e2e.conftest import Opens
from e2e.network import Network
from e2e.people import Person
from e2e.test_door import Newcomer, centre, chen_jing_chooses, invites, new_phone

__all__ = ["centre", "new_phone"]


@pytest.fixture
def look_alike(centre: Centre, line: Network) -> Iterator[Network]:
    """Another address that shows the centre's own pages and tells the centre that it is the right one."""
    with Network(centre.port, pretends=line.address.removeprefix("http://")) as network:
        yield network


def does(page: Page, script: str, given: Any = None) -> Any:
    return page.evaluate(f"async given => {{ {ASKING} {script} }}", given)


def let_in(newcomer: Newcomer, address: str, chen_jing: Person, person: str, path: str) -> str:
    """A device of this person, enrolled in this browser at that address; gives its name."""
    newcomer.page.goto(f"{address}/sign-in")
    looked = does(
        newcomer.page, "return post('/api/enrol/look', given)", {"token": invites(chen_jing, person)["token"]}
    )
    chen_jing_chooses(chen_jing, looked["body"]["number"])
    done = does(newcomer.page, ENROL, {"enrolment": looked["body"]["enrolment"], "path": path})
    assert done["status"] == 200, done
    return str(done["body"]["device"])


@pytest.mark.nightly
def test_a_site_in_between_gets_no_session_by_finger_or_pin(
    new_phone: Newcomer, look_alike: Network, line: Network, desk: Opens
):
    chen_jing = desk("chen_jing").signs_in()
    new_phone.has_a_finger_sensor()
    let_in(new_phone, line.address, chen_jing, "li_min", "prf")
    by_pin = let_in(new_phone, line.address, chen_jing, "huang_li", "pin")

    # She believes another port of the same name: her passkey answers, and says where it was asked.
    new_phone.page.goto(f"{look_alike.address}/sign-in")
    fooled = does(new_phone.page, BY_FINGER)
    assert (fooled["status"], fooled["body"]["errors"][0]["extensions"]["code"]) == (403, "passkey_wrong_place")
    # Whoever knows her PIN and the name of her device has not the key that lies at the true address.
    fooled = does(new_phone.page, BY_PIN, by_pin)
    assert (fooled["status"], fooled["body"]["errors"][0]["extensions"]["code"]) == (403, "signature_wrong")
    # Another name gets no answer of the passkey at all.
    new_phone.page.goto(look_alike.address.replace("localhost", "doorstep.localhost") + "/sign-in")
    assert does(new_phone.page, BY_FINGER) == {"refused": "SecurityError"}

    new_phone.page.goto(f"{line.address}/sign-in")
    let = does(new_phone.page, BY_FINGER)
    assert let["status"] == 200 and let["body"]["me"]["person"] == "li_min"
    let = does(new_phone.page, BY_PIN, by_pin)
    assert let["status"] == 200 and let["body"]["me"]["person"] == "huang_li"


# What a page of the look-alike would do; the keys of PIN devices are kept where any page of that address finds them.
ASKING = """
    const post = async (path, body) => {
        const headers = { 'content-type': 'application/json' };
        const answer = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
        return { status: answer.status, body: await answer.json() };
    };
    const text = bytes => btoa(String.fromCharCode(...new Uint8Array(bytes)));
    const kept = work => new Promise((done, fail) => {
        const opening = indexedDB.open('keys');
        opening.onupgradeneeded = () => opening.result.createObjectStore('keys');
        opening.onerror = () => fail(opening.error);
        opening.onsuccess = () => {
            const asked = work(opening.result.transaction('keys', 'readwrite').objectStore('keys'));
            asked.onsuccess = () => { opening.result.close(); done(asked.result); };
        };
    });
    const curve = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
    const newKey = () => crypto.subtle.generateKey(curve, false, ['sign', 'verify']);
    const described = async key => ({
        public_key: text(await crypto.subtle.exportKey('raw', key.publicKey)),
        name: 'a phone', form: 'phone', capabilities: { passkeys: true }
    });
    const pin_proof = btoa('0'.repeat(32));
"""
ENROL = """
    const key = await newKey(), device = await described(key), { enrolment, path } = given;
    if (path === 'pin') {
        await kept(keys => keys.put(key, 'pin'));
        return post('/api/enrol/finish', { enrolment, path, device, pin_proof });
    }
    const options = (await post('/api/enrol/options', { enrolment })).body;
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    const made = await navigator.credentials.create({ publicKey });
    return post('/api/enrol/finish', { enrolment, path, device, credential: made.toJSON() });
"""
BY_FINGER = """
    const options = (await post('/api/sign-in/options', {})).body;
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    let answer;
    try {
        answer = await navigator.credentials.get({ publicKey });
    } catch (error) {
        return { refused: error.name };
    }
    return post('/api/sign-in/finish', { credential: answer.toJSON(), device: await described(await newKey()) });
"""
BY_PIN = """
    const key = (await kept(keys => keys.get('pin'))) ?? (await newKey());
    const { nonce } = (await post('/api/sign-in/nonce', {})).body;
    const signed = await crypto.subtle.sign(curve, key.privateKey, new TextEncoder().encode(nonce));
    return post('/api/sign-in/pin', { device: given, nonce, pin_proof, signature: text(signed) });
"""
