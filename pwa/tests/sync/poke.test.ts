// Hearing that there is something to read: by socket, by long poll, or not at all, and never costing any work.
import { describe, expect, it, vi } from 'vitest';
import { NetworkFailure } from '../../src/network';
import { backOff, listen, type PokeWorld, type Socket } from '../../src/sync/poke';

class Line {
  sent: string[] = [];
  closed = false;
  onopen: Socket['onopen'] = null;
  onmessage: Socket['onmessage'] = null;
  onclose: Socket['onclose'] = null;
  send(text: string): void { this.sent.push(text); }
  close(): void { this.closed = true; }
  says(message: unknown): void { this.onmessage?.call(this as unknown as WebSocket, { data: typeof message === 'string' ? message : JSON.stringify(message) } as MessageEvent); }
  opens(): void { this.onopen?.call(this as unknown as WebSocket, new Event('open')); }
  ends(code = 1006): void { this.onclose?.call(this as unknown as WebSocket, { code } as CloseEvent); }
  greets(): void { this.opens(); this.says({ type: 'connection_ack' }); }
  pokes(revision: number): void { this.says({ type: 'next', id: '1', payload: { data: { poke: revision } } }); }
}

function world(answers: () => unknown = () => { throw new NetworkFailure('unreachable'); }) {
  const lines: Line[] = [];
  const waits: { seconds: number; then: () => void }[] = [];
  const asked: string[] = [];
  const held: PokeWorld = {
    socket: () => { const line = new Line(); lines.push(line); return line as unknown as Socket; },
    network: async (path, request) => { asked.push(`${path} ${request?.body}`); return answers(); },
    head: async () => 5,
    alone: (work) => work(),
    after(seconds, then) {
      const entry = { seconds, then };
      waits.push(entry);
      return () => void waits.splice(waits.indexOf(entry) >>> 0, 1);
    },
    random: () => 0.5
  };
  const passes = async (): Promise<void> => {
    await vi.waitFor(() => expect(waits).not.toHaveLength(0));
    waits.shift()!.then();
    await Promise.resolve();
  };
  return { held, lines, waits, asked, passes };
}

describe('by a socket', () => {
  it('a poke beyond what was read is news, another is none', async () => {
    const { held, lines } = world();
    const news = vi.fn();
    listen(held, news);
    lines[0]!.greets();
    expect(lines[0]!.sent.map((text) => (JSON.parse(text) as { type: string }).type)).toEqual(['connection_init', 'subscribe']);
    lines[0]!.pokes(5);
    lines[0]!.pokes(6);
    await vi.waitFor(() => expect(news).toHaveBeenCalledTimes(1));
  });

  it('what is no message of the protocol changes nothing', async () => {
    const { held, lines } = world();
    const news = vi.fn();
    listen(held, news);
    lines[0]!.greets();
    for (const text of ['<html>', 'null', '{"type":"next"}', '{"type":"next","payload":{"data":{"poke":"9"}}}']) lines[0]!.says(text);
    lines[0]!.says({ type: 'ping' });
    expect(lines[0]!.sent.at(-1)).toBe('{"type":"pong"}');
    await Promise.resolve();
    expect(news).not.toHaveBeenCalled();
  });

  it('a broken line is tried again, later each time', () => {
    expect([0, 1, 2, 3, 20].map((failures) => backOff(failures, 0.5))).toEqual([1, 2, 4, 8, 60]);
    expect([backOff(3, 0), backOff(3, 1)]).toEqual([4, 12]);
  });

  it('the end of the session ends it until somebody signs in again', async () => {
    const { held, lines, waits } = world();
    listen(held, () => undefined);
    lines[0]!.greets();
    lines[0]!.ends(4401);
    await new Promise((then) => setTimeout(then, 10));
    expect(lines).toHaveLength(1);
    expect(waits).toEqual([]);
  });

  it('stopping closes it', () => {
    const { held, lines } = world();
    listen(held, () => undefined)();
    expect(lines[0]!.closed).toBe(true);
  });
});

describe('where sockets do not come through', () => {
  it('a long poll takes over after two tries, and tells news', async () => {
    const { held, lines, asked, passes } = world(() => ({ revision: 9 }));
    const news = vi.fn();
    const stop = listen(held, news);
    for (let at = 0; at < 2; at += 1) {
      await vi.waitFor(() => expect(lines).toHaveLength(at + 1));
      lines[at]!.ends();
      await passes();
    }
    await vi.waitFor(() => expect(news).toHaveBeenCalled());
    expect(asked[0]).toBe('/api/poke {"after":5}');
    stop();
  });

  it('a portal that answers everything is no poke, and the pauses grow', async () => {
    const { held, lines, asked, waits, passes } = world(() => ({ hello: 'Wi-Fi' }));
    const news = vi.fn();
    const stop = listen(held, news);
    for (let at = 0; at < 2; at += 1) {
      await vi.waitFor(() => expect(lines).toHaveLength(at + 1));
      lines[at]!.ends();
      await passes();
    }
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    await vi.waitFor(() => expect(waits[0]?.seconds).toBe(8));
    expect(news).not.toHaveBeenCalled();
    stop();
  });

  it('a busy centre is polled again when it asked to be', async () => {
    const { held, lines, asked, waits, passes } = world(() => { throw new NetworkFailure('busy', undefined, 40); });
    const stop = listen(held, () => undefined);
    for (let at = 0; at < 2; at += 1) {
      await vi.waitFor(() => expect(lines).toHaveLength(at + 1));
      lines[at]!.ends();
      await passes();
    }
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    await vi.waitFor(() => expect(waits[0]?.seconds).toBe(50));
    stop();
  });

  it('a socket that never greets is given up', async () => {
    const { held, lines, waits } = world();
    const stop = listen(held, () => undefined);
    expect(waits[0]?.seconds).toBe(10);
    waits[0]!.then();
    expect(lines[0]!.closed).toBe(true);
    stop();
  });
});
