// The report as one HTML file: both languages in it, nothing fetched, nothing run but what its own policy names by hash.

import {createHash} from 'node:crypto';
import type {Locale} from '../../core/text.ts';
import {approvedBy} from './approvals.ts';
import {picturesOf} from './attachments.ts';
import {attention} from './attention.ts';
import {courseOfRun} from './charts.ts';
import {filesSection, policySection, verifySection} from './closing.ts';
import {firstScreen} from './first-screen.ts';
import {form} from './form.ts';
import {jsonBlock, templateOf, type Html, type Template} from './html.ts';
import {impactSection} from './impact.ts';
import {pageOf, recordingsOf, type Page, type Picture, type Shared} from './page.ts';
import {script} from './script.ts';
import type {ReportSource} from './source.ts';
import {steps} from './steps.ts';
import {style} from './style.ts';
import {waysBack} from './ways-back.ts';
import type {ReportText} from './words.ts';

const hashSource = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The player decodes its terminal with WebAssembly, which it carries along: compiled, and never fetched. */
const policyOf = (styles: readonly string[], scripts: readonly string[]): string =>
  [
    "default-src 'none'",
    `style-src ${styles.map(hashSource).join(' ')}`,
    `script-src ${scripts.map(hashSource).join(' ')} 'wasm-unsafe-eval'`,
    // Pictures of the screen, which are in the page.
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');

/** A script or a style that is ours, or the player's: its text must not end its own element. */
const inline = (text: string): Html => ({html: text.replaceAll(/<\/(?=script|style)/gi, '<\\/')});

const contents = ({html, text, id}: Page): Html =>
  html`<nav aria-label="${text.say.contents}"><ul>${(
    ['attention', 'form', 'impact', 'time', 'steps', 'waysBack', 'files', 'verify'] as const
  ).map((name) => html`<li><a href="#${id(name)}">${text.section[name]}</a></li>`)}</ul></nav>
`;

const body = (source: ReportSource, text: ReportText, shared: Shared): Html => {
  const page = pageOf(source, text, shared);
  const {html} = page;
  return html`<main lang="${text.locale}">${firstScreen(page, approvedBy(page))}${contents(page)}${attention(page)}${form(page)}${impactSection(page)}${courseOfRun(page)}${steps(page)}${waysBack(page)}${filesSection(page)}${policySection(page)}${verifySection(page)}</main>
`;
};

/** Shown where each is used, in whichever language. */
const drawings = (html: Template, pictures: readonly Picture[]): Html =>
  html`<svg class="drawings" width="0" height="0" aria-hidden="true"><defs>${pictures.map(
    ({id, width, height, base64}) =>
      html`<image id="${id}" width="${width}" height="${height}" href="data:image/png;base64,${base64}"/>`,
  )}</defs></svg>
`;

/** @param first the language that is shown until somebody switches. */
export const reportHtml = (
  source: ReportSource,
  texts: Readonly<Record<Locale, ReportText>>,
  first: Locale,
): string => {
  const html = templateOf(texts.en.visible);
  const {casts, byPath} = recordingsOf(source, texts.en.visible);
  const shared = {recordings: byPath, pictures: picturesOf(source)};
  const styles = [inline(source.player.style), inline(style)].map((of) => of.html);
  const scripts = [inline(source.player.script), inline(script)].map((of) => of.html);
  const isFirst = (locale: Locale): Html => (locale === first ? html` checked` : html``);
  return html`<!doctype html>
<html lang="${first}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${{html: policyOf(styles, scripts)}}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${source.state.opened?.run ?? ''} ${source.runbook.title[first]}</title>
${styles.map((of) => html`<style>${{html: of}}</style>`)}
</head>
<body>
<input class="switch" type="radio" name="language" id="show-ko"${isFirst('ko')}><input class="switch" type="radio" name="language" id="show-en"${isFirst('en')}>
${drawings(html, [...shared.pictures.values()])}<p class="language" role="group" aria-label="언어 / Language"><label for="show-ko" lang="ko">한국어</label><label for="show-en" lang="en">English</label></p>
${(['ko', 'en'] as const).map((locale) => body(source, texts[locale], shared))}
<script type="application/json" id="casts">${{html: jsonBlock(casts)}}</script>
${scripts.map((of) => html`<script>${{html: of}}</script>`)}
</body>
</html>
`.html;
};
