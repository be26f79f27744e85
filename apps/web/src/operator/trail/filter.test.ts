import { expect, it } from 'vitest';
import { actsQueryOf, everyAct } from './filter.ts';

it('asks for everything, or for what was chosen', () => {
  expect(actsQueryOf(everyAct)).toEqual({});
  expect(actsQueryOf({ ...everyAct, who: 'token', before: '12' })).toEqual({ by: 'token', before: '12' });
  expect(actsQueryOf({ ...everyAct, who: `opp_${'1'.repeat(32)}`, kind: 'money' })).toEqual({ personId: `opp_${'1'.repeat(32)}`, kind: 'money' });
});

it('a day goes from its first moment here to the first of the next, also over the end of a month and of a year', () => {
  for (const [day, next] of [['2026-11-29', [2026, 10, 30]], ['2026-02-28', [2026, 2, 1]], ['2026-12-31', [2027, 0, 1]]] as const) {
    const { fromMs = 0, untilMs = 0 } = actsQueryOf({ ...everyAct, day });
    const from = new Date(fromMs);
    expect([from.getFullYear(), from.getMonth() + 1, from.getDate(), from.getHours()].join('-')).toBe([...day.split('-').map(Number), 0].join('-'));
    expect(untilMs).toBe(new Date(...(next as readonly [number, number, number])).getTime());
  }
});
