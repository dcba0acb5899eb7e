// Whether the browser offers to put the app on the home screen, and the offer itself, which it makes once and early.

/** Not in every browser, and in no standard yet. */
interface Offer extends Event { prompt(): Promise<unknown>; userChoice: Promise<{ outcome: 'accepted' | 'dismissed' }> }

export const installing = $state<{ offer: Offer | null }>({ offer: null });

/** Listen for the offer; the answer ends it. */
export function followOffer(): () => void {
  const heard = (event: Event): void => {
    event.preventDefault();
    installing.offer = event as Offer;
  };
  addEventListener('beforeinstallprompt', heard);
  return () => removeEventListener('beforeinstallprompt', heard);
}

/** Already opened from the home screen. */
export function isInstalled(): boolean {
  return matchMedia('(display-mode: standalone)').matches;
}
