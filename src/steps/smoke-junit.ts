// What a smoke step found, as JUnit XML for those who collect such reports.

import type {FactsOf} from '../core/facts.ts';

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const seconds = (ms: number): string => `time="${(ms / 1000).toFixed(3)}"`;

/** A case has a time where its statement answered nothing else; the time of a shared one stands in its property. */
export const smokeJunit = (name: string, {checks, reads = []}: Omit<FactsOf<'smoke'>, 'kind'>): string => {
  const failures = checks.filter(({verdict}) => verdict === 'fail').length;
  const cases = checks.map(({id, verdict, observed, durationMs}) => {
    const time = durationMs === undefined ? '' : ` ${seconds(durationMs)}`;
    const open = `  <testcase classname="${escape(name)}" name="${escape(id)}"${time}`;
    if (verdict === 'fail') return `${open}>\n    <failure message="${escape(observed)}"/>\n  </testcase>`;
    return `${open}>\n    <system-out>${verdict}: ${escape(observed)}</system-out>\n  </testcase>`;
  });
  const properties = reads.map(({id, durationMs}) => {
    const answered = checks.filter(({read}) => read === id).map((check) => check.id);
    return `    <property name="one statement: ${answered.join(', ')}" value="${(durationMs / 1000).toFixed(3)} s"/>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="${escape(name)}" tests="${checks.length}" failures="${failures}">`,
    ...(properties.length === 0 ? [] : ['  <properties>', ...properties, '  </properties>']),
    ...cases,
    '</testsuite>',
    '',
  ].join('\n');
};
