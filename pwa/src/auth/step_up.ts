// Proving once more who is there, before something grave: one dialog for whatever asks for it, and then the same request
// again. Which requests are grave is the centre's to say (step_up_required).
import { mount, unmount } from 'svelte';
import { post, type Network } from '../network';
import { bytesOf } from './bytes';
import { keyHere, publicKey } from './device';
import type { Here } from './here';
import { usePasskey, type RequestOptions } from './passkeys';
import { pinProof } from './pin';

/** Ways to prove it; each throws as the network does, or as passkeys.ts. */
export interface Prover {
  way: 'passkey' | 'pin' | 'demo';
  by_passkey(): Promise<void>;
  by_pin(pin: string): Promise<void>;
  in_demo(): Promise<void>;
}

let asking: Promise<boolean> | null = null;

/** Ask the person; true once they have proved it. Whoever asks meanwhile waits for the same dialog. */
export function proveAgain(network: Network, place: Here | undefined): Promise<boolean> {
  asking ??= ask(proverOf(network, place)).finally(() => { asking = null; });
  return asking;
}

async function ask(prover: Prover): Promise<boolean> {
  const { default: StepUp } = await import('./StepUp.svelte');
  const before = document.activeElement;
  return new Promise<boolean>((done) => {
    const dialog = mount(StepUp, {
      target: document.body,
      props: {
        prover,
        onend(is_proved: boolean) {
          void unmount(dialog);
          if (before instanceof HTMLElement) before.focus();
          done(is_proved);
        }
      }
    });
  });
}

/** How somebody with this place on the phone proves it; without a place this is a demo, which asks for no proof. */
export function proverOf(network: Network, place: Here | undefined): Prover {
  return {
    way: place === undefined ? 'demo' : place.path === 'pin' ? 'pin' : 'passkey',
    async by_passkey() {
      const options = (await post(network, '/api/step-up/options', {})) as RequestOptions;
      const { credential } = await usePasskey(options, place?.passkey ? bytesOf(place.passkey.salt) : undefined);
      await post(network, '/api/step-up/finish', { credential });
    },
    async by_pin(pin) {
      const key = await keyHere(place?.person ?? '');
      await post(network, '/api/step-up/finish', { pin_proof: await pinProof(pin, await publicKey(key)) });
    },
    async in_demo() {
      await post(network, '/api/demo/step-up', {});
    }
  };
}
