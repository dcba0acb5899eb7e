// Hearing from the centre that there is something to read: by a socket, where none comes through by a long poll, and where
// that fails too by nothing at all, because loop.ts asks in intervals anyway. No work depends on a poke.
import { NetworkFailure, type Network } from '../network';

/** The part of a browser's WebSocket that is used. */
export type Socket = Pick<WebSocket, 'send' | 'close' | 'onopen' | 'onmessage' | 'onclose'>;

export interface PokeWorld {
  /** Opens a socket to the centre; it may throw where sockets are forbidden. */
  socket(): Socket;
  network: Network;
  /** The last revision this phone has read up to; a poke up to it is no news. */
  head(): Promise<number>;
  /** Runs `work` in one tab at a time, the others wait; `signal` gives up waiting. */
  alone(work: () => Promise<void>, signal: AbortSignal): Promise<void>;
  after(seconds: number, then: () => void): () => void;
  random(): number;
}

/** A socket that was never greeted is not waited for longer; this often, then the long poll takes over for a while. */
const greetingSeconds = 10;
const socketTriesMax = 2;
const pollsPerTurn = 20;
const waitSecondsMax = 60;
/** The centre's word that the session has ended: only signing in opens another socket. */
const sessionEnded = 4401;

type Ended = 'heard' | 'silent' | 'signed_out' | { wait_seconds: number };

/** Seconds until the next try after so many failures in a row: 1, 2, 4 … 60, spread by a half either way. */
export function backOff(failures: number, random: number): number {
  return Math.min(waitSecondsMax, 2 ** Math.min(failures, 10)) * (0.5 + random);
}

/** Listen until told to stop; `news` is called for each poke that says more than this phone has read. */
export function listen(world: PokeWorld, news: () => void): () => void {
  const stopping = new AbortController();
  const { signal } = stopping;

  async function heard(revision: number): Promise<void> {
    if (!signal.aborted && revision > (await world.head())) news();
  }

  async function attend(): Promise<void> {
    let failures = 0;
    let silent = 0;
    while (!signal.aborted) {
      const ended = silent < socketTriesMax ? await bySocket(world, heard, signal) : await byPolling(world, heard, signal);
      if (ended === 'signed_out') return;
      if (typeof ended === 'object') {
        await pause(world, Math.max(ended.wait_seconds, 1) * (1 + 0.5 * world.random()), signal);
        continue;
      }
      // A proxy that swallows sockets does so each time; after some polls the socket is tried once more.
      if (silent >= socketTriesMax) silent = socketTriesMax - 1;
      else silent = ended === 'heard' ? 0 : silent + 1;
      failures = ended === 'heard' ? 0 : failures + 1;
      await pause(world, backOff(failures, world.random()), signal);
    }
  }

  void world.alone(attend, signal);
  return () => stopping.abort();
}

function bySocket(world: PokeWorld, heard: (revision: number) => Promise<void>, signal: AbortSignal): Promise<Ended> {
  return new Promise((end) => {
    let socket: Socket;
    try {
      socket = world.socket();
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      end('silent');
      return;
    }
    let greeted = false;
    const finish = (ended: Ended): void => {
      callOff();
      signal.removeEventListener('abort', leave);
      socket.onclose = null;
      socket.close();
      end(ended);
    };
    const leave = (): void => finish('silent');
    const callOff = world.after(greetingSeconds, () => { if (!greeted) finish('silent'); });
    signal.addEventListener('abort', leave);
    socket.onopen = () => socket.send(JSON.stringify({ type: 'connection_init' }));
    socket.onclose = ({ code }) => finish(code === sessionEnded ? 'signed_out' : greeted ? 'heard' : 'silent');
    socket.onmessage = ({ data }) => {
      const message = messageOf(data);
      if (message?.type === 'connection_ack') {
        greeted = true;
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: 'subscription { poke }' } }));
      } else if (message?.type === 'ping') socket.send(JSON.stringify({ type: 'pong' }));
      else if (message?.type === 'next' && typeof message.payload?.data?.poke === 'number') void heard(message.payload.data.poke);
    };
  });
}

interface Message { type?: string; payload?: { data?: { poke?: unknown } } }

function messageOf(data: unknown): Message | null {
  try {
    return JSON.parse(String(data)) as Message | null;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return null;
  }
}

async function byPolling(world: PokeWorld, heard: (revision: number) => Promise<void>, signal: AbortSignal): Promise<Ended> {
  for (let polls = 0; polls < pollsPerTurn && !signal.aborted; polls += 1) {
    try {
      const found = (await world.network('/api/poke', { method: 'POST', body: JSON.stringify({ after: await world.head() }), seconds_max: 30 })) as { revision?: unknown };
      if (typeof found.revision !== 'number') return 'silent';
      await heard(found.revision);
      // News are read before more is asked for; an answer that says nothing new has taken its time already.
      await pause(world, 1, signal);
    } catch (error) {
      if (error instanceof NetworkFailure && error.wait_seconds !== null) return { wait_seconds: error.wait_seconds };
      // Whatever else it is, the rounds of the loop meet it too, and say it to the person.
      return 'silent';
    }
  }
  return 'heard';
}

function pause(world: PokeWorld, seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((then) => {
    const callOff = world.after(seconds, () => then());
    signal.addEventListener('abort', () => { callOff(); then(); }, { once: true });
  });
}

/** The world of a browser tab. */
export function browserPokes(person: string, network: Network, head: () => Promise<number>): PokeWorld {
  return {
    socket: () => new WebSocket(`${location.origin.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws'),
    network,
    head,
    async alone(work, signal) {
      if (!navigator.locks) return work();
      await navigator.locks.request(`doorstep-poke-${person}`, { signal }, work).catch((error: unknown) => {
        // Stopped while another tab was listening.
        if (!(error instanceof DOMException)) throw error;
      });
    },
    after(seconds, then) {
      const timer = setTimeout(then, seconds * 1000);
      return () => clearTimeout(timer);
    },
    random: Math.random
  };
}
