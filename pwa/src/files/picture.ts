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

/** A smaller JPEG of a picture; undefined when this browser cannot open it. */
export async function madeSmaller(file: Blob): Promise<Picture | undefined> {
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
  let content: Blob | null = null;
  for (const quality of qualities) {
    content = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', quality));
    if (content && content.size <= bytesWanted) break;
  }
  // A phone with little memory gives the room back only when the canvas is empty.
  canvas.width = canvas.height = 0;
  return content ? { content, ...size } : undefined;
}

async function opened(file: Blob): Promise<ImageBitmap | undefined> {
  try {
    return await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return undefined;
  }
}
