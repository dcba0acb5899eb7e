// What the browser tells about the kind of network. Many tell nothing, and then nothing is guessed.

interface Connection { type?: string; saveData?: boolean }

/** wifi also stands for a cable; `unknown` where the browser does not say. */
export function connectionKind(): 'wifi' | 'mobile' | 'unknown' {
  const type = (navigator as Navigator & { connection?: Connection }).connection?.type;
  if (type === 'wifi' || type === 'ethernet') return 'wifi';
  return type === 'cellular' || type === 'wimax' || type === 'bluetooth' ? 'mobile' : 'unknown';
}
