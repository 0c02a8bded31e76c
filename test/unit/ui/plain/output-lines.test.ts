// Do chunks that end anywhere become the lines that the program wrote?

import {expect, test} from 'vitest';

import {outputLines} from '../../../../src/ui/plain/output-lines.ts';

test('a line waits for its end, per stream', () => {
  const {add, rest} = outputLines();
  expect(add('stdout', 'one\ntw')).toEqual(['one']);
  expect(add('stderr', 'warning\n')).toEqual(['warning']);
  expect(add('stdout', 'o\r')).toEqual([]);
  expect(add('stdout', '\nthree')).toEqual(['two']);
  expect(rest()).toEqual(['three']);
  expect(rest()).toEqual([]);
});

test('a line without an end does not fill the memory', () => {
  const {add, rest} = outputLines();
  expect(add('stdout', 'x'.repeat(70_000))).toHaveLength(1);
  expect(rest()).toEqual([]);
});
