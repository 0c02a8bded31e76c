// The transcript of an attempt: its log's beginning and end for everybody, its recording where scripts may run.

import type {Html} from './html.ts';
import type {Page} from './page.ts';
import {linesOf, transcriptOf} from './source.ts';
import type {Attempt} from './attempts.ts';

const logOf = ({html, text, source}: Page, path: string): Html | undefined => {
  const excerpt = source.excerpts.get(path);
  if (excerpt === undefined || excerpt.bytes === 0) return undefined;
  const {head, tail, leftOutBytes} = linesOf(excerpt);
  return html`<pre tabindex="0">${head}</pre>${
    leftOutBytes === 0
      ? undefined
      : html`<p class="dim">${text.logLeftOut(leftOutBytes, path)}</p><p class="dim">${text.say.end}</p><pre tabindex="0">${tail}</pre>`
  }`;
};

const recordingOf = ({html, text, source, recordings}: Page, path: string): Html | undefined => {
  if (!source.excerpts.has(path)) return undefined;
  const recording = recordings.get(path);
  if (recording === undefined) return html`<p class="dim">${text.castLeftOut(path)}</p>`;
  return html`<p class="needs-script"><button type="button" class="play" data-cast="${recording.index}">▸ ${text.say.play}</button></p><div class="player"></div>${
    recording.isWhole ? undefined : html`<p class="dim">${text.castCut(path)}</p>`
  }`;
};

export const transcript = (page: Page, {step, attempt}: Attempt): Html | undefined => {
  const {html, text, source} = page;
  const {log, cast} = transcriptOf(step, attempt);
  const [said, recorded] = [logOf(page, log), recordingOf(page, cast)];
  if (said === undefined && recorded === undefined) return undefined;
  const sealed = source.state.artifacts.some(({artifact}) => artifact.path === cast || artifact.path === log);
  return html`<details class="transcript"><summary>${text.say.transcript}, ${text.say.attempt} ${attempt} <code>${cast}</code></summary>${
    sealed ? undefined : html`<p><strong>${text.say.notSealed}</strong></p>`
  }${recorded}${said}</details>
`;
};
