import { escaped, frameTexts, SIZES, STYLE, trimmed, type Frame } from './drawing.js';

/** A frame of a recording. */
export interface Moment {
  readonly frame: Frame;
  /** Seconds that it is shown. */
  readonly seconds: number;
}

/** A window of a terminal with one frame in it, as a picture that needs nothing beside itself. */
export function still(title: string, frame: Frame): string {
  const shown = trimmed(frame);
  return pictureOf(title, [shown], '', frameTexts(shown));
}

/** The same with frames one after another, again and again; who asked for less motion sees the last one. */
export function recording(title: string, moments: readonly Moment[]): string {
  const shown = moments.map(({ frame }) => trimmed(frame));
  const total = moments.reduce((sum, { seconds }) => sum + seconds, 0);
  let passed = 0;
  const rules = moments.map(({ seconds }, index) => {
    const from = percent(passed / total);
    passed += seconds;
    const to = percent(passed / total);
    const [hidden, visible] = ['visibility:hidden', 'visibility:visible'];
    const steps = [
      `0%{${index === 0 ? visible : hidden}}`,
      ...(index === 0 ? [] : [`${from}{${visible}}`]),
      ...(index === moments.length - 1 ? [`100%{${visible}}`] : [`${to},100%{${hidden}}`]),
    ];
    return `@keyframes f${index}{${steps.join('')}}#f${index}{animation:f${index} ${total}s step-end infinite}`;
  });
  const style = `
.frame{visibility:hidden}#f${moments.length - 1}{visibility:visible}
@media (prefers-reduced-motion:no-preference){
${rules.join('\n')}
}`;
  const frames = shown.map(
    (frame, index) => `<g class="frame" id="f${index}">\n${frameTexts(frame)}\n</g>`,
  );
  return pictureOf(title, shown, style, frames.join('\n'));
}

const percent = (part: number) => `${(part * 100).toFixed(2)}%`;

function pictureOf(title: string, frames: readonly Frame[], style: string, body: string): string {
  const columns = Math.max(...frames.flat().map((row) => row.length));
  const rows = Math.max(...frames.map((frame) => frame.length));
  const width = Math.ceil(2 * SIZES.margin + columns * SIZES.column);
  const height = Math.ceil(SIZES.title + 2 * SIZES.margin + rows * SIZES.row);
  const middle = SIZES.title / 2;
  const dots = [0, 1, 2].map((index) => `<circle cx="${20 + index * 18}" cy="${middle}" r="5.5"/>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${escaped(title)}</title>
<style>
${STYLE}${style}
</style>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="9" fill="#0d1117" stroke="#3d444d"/>
<path d="M0.5 ${SIZES.title}H${width - 0.5}" stroke="#3d444d"/>
<g class="dots">${dots.join('')}</g>
<text class="name" x="${width / 2}" y="${middle + 5}">${escaped(title)}</text>
${body}
</svg>
`;
}
