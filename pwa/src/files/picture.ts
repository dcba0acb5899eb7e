// A photo made small on the phone, before it is kept: upright, and without what the camera wrote beside it, since only its
// pixels pass through the canvas. Other media are not touched here.

/** The longer side, in pixels; a form on paper keeps readable. */
export const sideMax = 1600;
/** Aimed at, not promised: a photo of leaves stays larger. */
const bytesWanted = 300_000;
const qualities = [0.75, 0.62, 0.5, 0.4];

export interface Picture { content: Blob; width: number; height: number }

/** The size at which a picture is kept. */
export function fitted(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, sideMax / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** A smaller JPEG of a picture, of paper in greys; undefined when this browser cannot open it. */
export async function madeSmaller(file: Blob, is_paper = false): Promise<Picture | undefined> {
  const bitmap = await opened(file);
  if (!bitmap) return undefined;
  const size = fitted(bitmap.width, bitmap.height);
  const canvas = document.createElement('canvas');
  Object.assign(canvas, size);
  const context = canvas.getContext('2d');
  if (!context) return undefined;
  // What is transparent would turn black.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, size.width, size.height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, size.width, size.height);
  bitmap.close();
  if (is_paper) {
    const pixels = context.getImageData(0, 0, size.width, size.height);
    asPaper(pixels.data);
    context.putImageData(pixels, 0, 0);
  }
  let content: Blob | null = null;
  for (const quality of qualities) {
    content = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', quality));
    if (content && content.size <= bytesWanted) break;
  }
  // A phone with little memory gives the room back only when the canvas is empty.
  canvas.width = canvas.height = 0;
  return content ? { content, ...size } : undefined;
}

/**
 * Make pixels (RGBA, in place) grey, with the ink dark and the paper white. What counts as ink and as paper is taken from
 * the picture: most of it is paper, and the darkest fiftieth is ink or a shadow.
 */
export function asPaper(pixels: Uint8ClampedArray): void {
  const counts = new Uint32Array(256);
  for (let at = 0; at < pixels.length; at += 4) {
    const grey = Math.round(0.299 * (pixels[at] ?? 0) + 0.587 * (pixels[at + 1] ?? 0) + 0.114 * (pixels[at + 2] ?? 0));
    pixels[at] = grey;
    counts[grey] = (counts[grey] ?? 0) + 1;
  }
  const black = share(counts, 0.02);
  const white = Math.max(share(counts, 0.6), black + 1);
  for (let at = 0; at < pixels.length; at += 4) {
    const stretched = (255 * ((pixels[at] ?? 0) - black)) / (white - black);
    pixels[at] = pixels[at + 1] = pixels[at + 2] = stretched;
  }
}

/** The brightness that this share of the pixels does not exceed. */
function share(counts: Uint32Array, of: number): number {
  let left = of * counts.reduce((sum, count) => sum + count, 0);
  return Math.max(0, counts.findIndex((count) => (left -= count) <= 0));
}

async function opened(file: Blob): Promise<ImageBitmap | undefined> {
  try {
    return await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return undefined;
  }
}
