// Keeps the app itself on the phone, so that it opens without network. It never touches records: questions to the centre
// pass it by, and what they bring is kept in IndexedDB.
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';

declare const self: ServiceWorkerGlobalScope;

// addAll refuses a list that names an address twice, and then the worker is never installed, without a word.
const files = [...new Map(self.__WB_MANIFEST.map((file) => [typeof file === 'string' ? file : file.url, file])).values()];
precacheAndRoute(files);
cleanupOutdatedCaches();

// Every page of the app is index.html. An address of the centre is not a page, and is never answered from here.
registerRoute(new NavigationRoute(createHandlerBoundToURL('/index.html'), { denylist: [/^\/(api|graphql)(\/|$)/] }));

// A newer worker waits until the person asks for it: a page must not lose its own files while somebody writes.
self.addEventListener('message', (event) => {
  if (event.data === 'SKIP_WAITING') void self.skipWaiting();
});
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
