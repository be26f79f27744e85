// An opened template refuses every accidental way out; a plain array, the control, takes them all.
import { format, inspect } from 'node:util';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { SecretTemplate } from './secret-template.ts';

const number = 0.4375;
const holder = (template: unknown) => ({ payer: { template } });
const secret = () => new SecretTemplate(Float32Array.of(number, number));

const waysOut: readonly [string, (value: unknown) => string][] = [
  ['inspect', (value) => inspect(holder(value), { depth: null, showHidden: true })],
  ['format', (value) => format('%o %s', value, value)],
  ['a template string', (value) => `${String(value)}`],
  ['object spread', (value) => JSON.stringify({ ...(value as object) })],
];

test.each(waysOut)('%s', (_name, wayOut) => {
  expect(wayOut(Float32Array.of(number, number))).toContain('0.4375');
  expect(wayOut(secret())).not.toContain('0.4375');
});

test('JSON refuses, also deep inside something else', () => {
  expect(JSON.stringify(holder(Float32Array.of(number)))).toContain('0.4375');
  expect(() => JSON.stringify(secret())).toThrow(/cannot be serialised/);
  expect(() => JSON.stringify(holder(secret()))).toThrow(/cannot be serialised/);
});

test('a logger writes nothing of it', () => {
  const lines: string[] = [];
  pino({}, { write: (line: string) => void lines.push(line) }).info(holder(secret()), 'matched');
  expect(lines.join('')).toContain('matched');
  expect(lines.join('')).not.toContain('0.4375');
});

test('wiped, it is all zeros', () => {
  const vector = Float32Array.of(number, number);
  new SecretTemplate(vector).wipe();
  expect([...vector]).toEqual([0, 0]);
});
