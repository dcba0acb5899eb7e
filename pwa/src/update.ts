// The app itself, kept on this phone by the service worker: registering it, noticing a newer one, taking it when asked.
// What the worker does is service_worker.ts.
import { syncState } from './sync/state.svelte';
import { flushAll, reloadAtNextStep } from './router.svelte';
import { scriptAddress } from './trusted';

const everyHour = 3_600_000;
let registration: ServiceWorkerRegistration | undefined;
let is_asked = false;

/** Register the worker after the first screen is drawn; in development there is none. */
export async function followUpdates(): Promise<void> {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (!workers || !import.meta.env.PROD) return;
  // The first worker of a phone takes over a page that had none: nothing is newer then, and nothing is reloaded.
  let had_worker = workers.controller !== null;
  workers.addEventListener('controllerchange', () => {
    if (is_asked) location.reload();
    else if (had_worker) reloadAtNextStep();
    had_worker = true;
  });
  registration = await workers.register(scriptAddress('/service_worker.js'), { updateViaCache: 'none' });
  const look = (): void => { syncState.updateReady = registration?.waiting != null && workers.controller !== null; };
  registration.addEventListener('updatefound', () => registration?.installing?.addEventListener('statechange', look));
  look();
  const check = (): void => void registration?.update().catch((error: unknown) => {
    // No network, or a captive portal: the next hour tries again.
    if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
  });
  setInterval(check, everyHour);
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') check(); });
}

/** Let the waiting worker take over; the page reloads when it has. */
export async function takeUpdate(): Promise<void> {
  await flushAll();
  is_asked = true;
  if (registration?.waiting) registration.waiting.postMessage('SKIP_WAITING');
  else location.reload();
}
