// What people and the tool added to show what they saw: attached files with their notes, and pictures of the screen.

import type {Attachment} from '../../core/attachment.ts';
import type {StepId} from '../../core/ids.ts';
import type {Html} from './html.ts';
import {table, timeCell, type Page, type Picture} from './page.ts';
import type {Excerpt, ReportSource} from './source.ts';

export const attachmentsOf = ({source}: Page, step?: StepId): readonly Attachment[] =>
  (source.state.attachments ?? []).filter((of) => step === undefined || of.step === step);

export const attachmentsTable = (page: Page, of: readonly Attachment[]): Html | undefined => {
  const {html, text} = page;
  const {say} = text;
  if (of.length === 0) return undefined;
  return html`<h4>${say.attachments}</h4>${table(
    page,
    [say.file, say.notes, say.who, say.when, say.size, say.hash],
    of.map(({artifact, fileName, scanned, note, by, at}) => [
      html`${fileName} <code class="row">${artifact.path}</code><span class="row dim">${text.scanned(scanned)}</span>`,
      note,
      text.who(by),
      timeCell(page, at),
      text.bytes(artifact.bytes),
      html`<code>${artifact.sha256}</code>`,
    ]),
  )}`;
};

/** 512 KiB a picture, 2 MiB in all: a terminal's screen has 50 to 150 kB. */
const PICTURE_LIMIT = 512 * 1024;
const PICTURES_LIMIT = 2 * 1024 * 1024;

/** The size that a PNG says it has; undefined when it is none. */
const sizeOf = (bytes: Uint8Array): Readonly<{width: number; height: number}> | undefined => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 24 || view.getUint32(0) !== 0x89504e47 || view.getUint32(12) !== 0x49484452) return undefined;
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  return width > 0 && height > 0 && width < 20_000 && height < 20_000 ? {width, height} : undefined;
};

const isWhole = ({bytes, head}: Excerpt): boolean => bytes === head.byteLength && bytes <= PICTURE_LIMIT;

/** Pictures that are in the document once and are shown in both languages, by path. */
export const picturesOf = ({state, excerpts}: ReportSource): ReadonlyMap<string, Picture> => {
  const drawn = new Map<string, Picture>();
  let room = PICTURES_LIMIT;
  for (const {artifact} of state.artifacts) {
    const excerpt = artifact.mediaType === 'image/png' ? excerpts.get(artifact.path) : undefined;
    if (excerpt === undefined || !isWhole(excerpt) || excerpt.bytes > room) continue;
    const size = sizeOf(excerpt.head);
    if (size === undefined) continue;
    room -= excerpt.bytes;
    const base64 = Buffer.from(excerpt.head).toString('base64');
    drawn.set(artifact.path, {id: `picture-${drawn.size + 1}`, ...size, base64});
  }
  return drawn;
};

/** Taken by the tool itself from its own screen; what somebody attached is listed, and not shown. */
export const picturesOfStep = (page: Page, step: StepId): readonly Html[] => {
  const {html, text, source, pictures} = page;
  return source.state.artifacts
    .filter((of) => of.step === step && of.artifact.mediaType === 'image/png')
    .map(({artifact: {path}}) => {
      const of = pictures.get(path);
      if (of === undefined) return html`<p class="dim">${text.pictureLeftOut(path)}</p>`;
      return html`<details class="picture"><summary>${text.say.picture} <code>${path}</code></summary><svg viewBox="0 0 ${of.width} ${of.height}" role="img" aria-label="${text.say.picture} ${path}"><use href="#${of.id}"/></svg></details>
`;
    });
};
