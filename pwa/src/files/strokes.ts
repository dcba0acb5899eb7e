// What a finger draws on the pad: strokes, as points in parts of the pad's width, so that a turned phone changes nothing.
// They become a PNG of dark lines on white. Not here: the pad.

export type Point = readonly [x: number, y: number];
export type Stroke = readonly Point[];

/** Height of the pad for a width of 1. */
export const padRatio = 0.5;
const pictureWidth = 900;
/** All that was drawn, in widths of the pad: a touch by mistake is no signature. */
const lengthMin = 0.15;

export function isSigned(strokes: readonly Stroke[]): boolean {
  return strokes.reduce((sum, stroke) => sum + lengthOf(stroke), 0) >= lengthMin;
}

function lengthOf(stroke: Stroke): number {
  return stroke.slice(1).reduce((sum, [x, y], at) => {
    const [from_x, from_y] = stroke[at] ?? [x, y];
    return sum + Math.hypot(x - from_x, y - from_y);
  }, 0);
}

/** Draw on an empty white ground of this width. */
export function draw(context: CanvasRenderingContext2D, strokes: readonly Stroke[], width: number): void {
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, width * padRatio);
  context.strokeStyle = '#111';
  context.lineWidth = width / 160;
  context.lineCap = context.lineJoin = 'round';
  for (const stroke of strokes) {
    context.beginPath();
    for (const [x, y] of stroke) context.lineTo(x * width, y * width);
    // A dot is a line to itself.
    const [x, y] = stroke[0] ?? [0, 0];
    if (stroke.length === 1) context.lineTo(x * width + 0.1, y * width);
    context.stroke();
  }
}

export interface Drawn { content: Blob; width: number; height: number }

/** The strokes as a picture; undefined where the browser has no memory left for one. */
export async function pictureOf(strokes: readonly Stroke[]): Promise<Drawn | undefined> {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: pictureWidth, height: pictureWidth * padRatio });
  const context = canvas.getContext('2d');
  if (!context) return undefined;
  draw(context, strokes, pictureWidth);
  const content = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
  return content ? { content, width: canvas.width, height: canvas.height } : undefined;
}
