// Is a report of another program read strictly, and is nothing in it taken for an instruction?

import {describe, expect, test} from 'vitest';
import {readXml} from '../../../src/core/xml.ts';

describe('an XML report', () => {
  test('is read with its attributes, entities and character data', () => {
    const read = readXml(
      `<?xml version="1.0"?>\n<a x="1 &lt; 2" y='&#x54;&#100;"'><!-- no --><b/>t&amp;u<![CDATA[<raw> & ]]></a>\n`,
    );
    expect(read).toEqual({
      ok: true,
      root: {
        name: 'a',
        attributes: {x: '1 < 2', y: 'Td"'},
        children: [{name: 'b', attributes: {}, children: [], text: ''}],
        text: 't&u<raw> & ',
      },
    });
  });

  test.each([
    ['document-type', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
    ['document-type', '<a><!ENTITY b "c"></a>'],
    ['unknown-entity', '<a>&nbsp;</a>'],
    ['unknown-entity', '<a>&constructor;</a>'],
    ['unknown-entity', '<a x="&#0;"/>'],
    ['unknown-entity', '<a>fish & chips</a>'],
    ['unknown-entity', '<a x="1" x="2"/>'],
    ['unclosed', '<a><b></a>'],
    ['unclosed', '<a>'],
    ['several-roots', '<a/><b/>'],
    ['malformed', '<a x=1/>'],
    ['malformed', 'text'],
    ['malformed', '<a'],
    ['too-deep', '<a>'.repeat(100)],
    ['no-root', '<?xml version="1.0"?>'],
    ['no-root', ''],
  ])('is refused as %s: %s', (problem, document) => {
    expect(readXml(document)).toMatchObject({ok: false, problem});
  });

  // A reader that looks at all that is left for each sign would need hours for these, and meet the test's time limit.
  test.each([
    ['elements', `<a>${'<b x="1"/>'.repeat(100_000)}</a>`, true],
    ['one attribute', `<a ${'x'.repeat(1_000_000)}`, false],
    ['comments that never end', `<a>${'<!--'.repeat(250_000)}</a>`, false],
    ['entities that never end', `<a>${'&'.repeat(1_000_000)}</a>`, false],
  ])('of a million characters is read to its end: %s', (_, document, ok) => {
    expect(readXml(document).ok).toBe(ok);
  });
});
