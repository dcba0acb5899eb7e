// One file to the centre by tus 1.0: asked first how far it is there, then sent from there. The only use of tus-js-client,
// which is read when the first file waits.
import { DetailedError, Upload as Tus } from 'tus-js-client';
import { comeLater, problemOf, waitSeconds } from '../network';
import type { Upload, Uploaded } from './queue';

/** A photo fits into one request; a slow line loses at most this much. */
const pieceBytes = 256 * 1024;
/** Tries within one round, in milliseconds apart; the rounds themselves are further apart. */
const retriesMs = [1000, 3000];
/** Nobody has to mend anything: not the file, not the person. */
const passing = new Set(['busy', 'stopping']);

export const upload: Upload = (row, content, progress) =>
  new Promise<Uploaded>((done) => {
    const tus = new Tus(content, {
      endpoint: '/api/uploads',
      // The address follows from the hash: nothing has to be remembered across a kill or a change of network.
      uploadUrl: `/api/uploads/${row.hash}`,
      metadata: { hash: row.hash, media: row.media },
      chunkSize: pieceBytes,
      retryDelays: retriesMs,
      onShouldRetry: (error) => isWorthAnotherTry(error.originalResponse?.getStatus() ?? 0),
      storeFingerprintForResuming: false,
      onProgress: progress,
      onSuccess: () => done({ status: 'delivered' }),
      onError: (error) => done(ended(error))
    });
    tus.start();
  });

/** A lost answer, a failed server, a moved or locked upload; whoever is told when to come again does not come before. */
function isWorthAnotherTry(status: number): boolean {
  return !comeLater.has(status) && (status < 400 || status >= 500 || status === 409 || status === 423);
}

function ended(error: Error | DetailedError): Uploaded {
  const response = error instanceof DetailedError ? error.originalResponse : null;
  const problem = response ? problemIn(response.getBody()) : null;
  const wait_seconds = response ? waitSeconds(response.getStatus(), response.getHeader('retry-after'), response.getHeader('date')) : null;
  // No answer, or one that is not the centre's: a portal says 200 to everything, and nothing was delivered.
  if (!problem) return wait_seconds === null ? { status: 'offline' } : { status: 'busy', wait_seconds };
  if (problem.code === 'not_signed_in') return { status: 'signed_out' };
  return passing.has(problem.code) ? { status: 'busy', wait_seconds } : { status: 'refused', problem, wait_seconds };
}

function problemIn(body: string): ReturnType<typeof problemOf> {
  try {
    return problemOf(JSON.parse(body));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return null;
  }
}
