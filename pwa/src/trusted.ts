// The app's one Trusted Types policy: which addresses may become scripts. Elements are made by Svelte under a policy of
// its own, from templates that are part of the app; text that somebody wrote is only ever text.

/** The scripts that are started by their address, and nothing that could be made of words somebody typed. */
const scripts = ['/service_worker.js'] as const;
export type Script = (typeof scripts)[number];

// Older browsers have no such policies; there the address goes as it is.
const policy = window.trustedTypes?.createPolicy('app', {
  createScriptURL(address: string): string {
    if (scripts.some((script) => script === address)) return address;
    throw new TypeError('This address is no script of the app');
  }
});

/** The address as `register` and `new Worker` take it. */
export function scriptAddress(script: Script): string {
  // The types of the browser's own functions know text only.
  return (policy?.createScriptURL(script) ?? script) as string;
}
