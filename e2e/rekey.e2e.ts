// Short: a few hundred records re-keyed under payments; and the control, whose records are carried over by half.
import { expect, test } from 'vitest';
import { rekeyUnderPayments } from '../torture/rekey.ts';
import { createSeeded } from '../torture/seeded.ts';

const rekey = (control: boolean) =>
  rekeyUnderPayments({ synthetic: 400, people: 4, tills: 3, looksEach: 1, paymentsAround: 1, random: createSeeded(3), control, progress: () => undefined });

test('everybody pays before, meanwhile and after, once each; no record stays behind, no template changes, the old keys are gone', async () => {
  const { findings, times, records, payments } = await rekey(false);
  expect(findings).toEqual([]);
  expect(records).toBe(404);
  expect(times.during.length).toBeGreaterThan(0);
  expect(Object.values(times).reduce((sum, { length }) => sum + length, 0)).toBe(payments);
});

test('control: with records under the new number and the old seal nobody is found any more, and what is wrong is told', async () => {
  const { findings } = await rekey(true);
  expect(findings.join('\n')).toMatch(/^after: pyr_\S+ was answered not_recognised/m);
  expect(findings.join('\n')).toMatch(/^400 templates do not open$/m);
  // Nobody paid who was not found, and what was paid before is in the books.
  expect(findings.filter((finding) => /^(lost|wrong payer|not once|changed|untold|wallet)/.test(finding))).toEqual([]);
});
