"""What a device of a demo has on its disk, opened from outside the app: by the form of the seal, not by the app's code.

Not here: what should be there (the tests).
"""

# The master key of a demo lies open in its slot. Everything else follows as DECISIONS.md says it: HKDF with SHA-256 for
# a key of each purpose, AES-256-GCM, and the place of a row bound to it.
OPEN_STORE = """async ([person, store, only]) => {
    const opened = name => new Promise((done, fail) => {
        const opening = indexedDB.open(name);
        opening.onerror = () => fail(opening.error);
        opening.onsuccess = () => done(opening.result);
    });
    const asked = request => new Promise((done, fail) => {
        request.onsuccess = () => done(request.result);
        request.onerror = () => fail(request.error);
    });
    const device = await opened('doorstep');
    if (!device.objectStoreNames.contains('meta')) {
        device.close();
        await asked(indexedDB.deleteDatabase('doorstep'));
        return [];
    }
    const place = await asked(device.transaction('meta').objectStore('meta').get('place.' + person));
    device.close();
    if (place === undefined) return [];
    const part = await opened('doorstep-part-' + place);
    const slot = await asked(part.transaction('slot').objectStore('slot').get('demo'));
    const reading = part.transaction(store).objectStore(store);
    const keys = only ?? await asked(reading.getAllKeys());
    const rows = only ? await Promise.all(only.map(key => asked(reading.get(key)))) : await asked(reading.getAll());
    part.close();
    const purposes = ['', 'records_1', 'records_2', 'records_3', 'outbox', 'files', 'facts', 'search'];
    const utf8 = new TextEncoder();
    const source = await crypto.subtle.importKey('raw', slot.wrapped, 'HKDF', false, ['deriveKey']);
    const keyOf = id => crypto.subtle.deriveKey(
        { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: utf8.encode('doorstep 1 ' + purposes[id]) },
        source, { name: 'AES-GCM', length: 256 }, false, ['decrypt']);
    const known = new Map();
    return Promise.all(rows.map(async (row, at) => {
        if (row === undefined) return { key: keys[at] };
        const sealed = row.sealed ?? row;
        const id = sealed[2];
        if (!known.has(id)) known.set(id, keyOf(id));
        const key = typeof keys[at] === 'string' ? utf8.encode(keys[at]) : new Uint8Array(keys[at]);
        const place = new Uint8Array([...sealed.subarray(0, 3), ...utf8.encode(store + '\\0'), ...key]);
        const plain = await crypto.subtle.decrypt(
            { name: 'AES-GCM', iv: sealed.subarray(3, 15), additionalData: place },
            await known.get(id), sealed.subarray(15));
        const value = JSON.parse(new TextDecoder().decode(plain));
        return store === 'meta' ? { key: keys[at], value } : value;
    }));
}"""
