// What goes out and what does not, rule by rule, and what each subject of an ask is.
import { describe, expect, it } from 'vitest';
import { createSmsGuard } from './guard.ts';
import { fullPolicy, sandboxPolicy, type Policy } from './policy.ts';
import { hostOf, networkOf, providerOf, type SmsAsk } from './subjects.ts';
import { createMemoryCounts } from './testing/memory-counts.ts';

const [minuteMs, hourMs, dayMs] = [60_000, 3_600_000, 86_400_000];
const budget = { perHourMax: 1_000, perDayMax: 10_000, countriesPerDayMax: new Map([['CN', 10_000], ['HK', 2]]) };

function open(policy: Policy = fullPolicy(budget)) {
  const clock = { ms: Date.UTC(2026, 0, 1) };
  const store = createMemoryCounts();
  const guard = createSmsGuard({ policy, nowMs: () => clock.ms, mark: (text) => text });
  let numbers = 0;
  const newPhone = () => `+8613${String((numbers += 1) * 10_007).padStart(9, '0')}`;
  const ask = async (from: SmsAsk['from'], { phone = newPhone(), country = 'CN', enter = false } = {}) => {
    const asked = await guard.ask(store, { phone: { e164: phone, country }, from });
    if (asked.is === 'send' && enter) await guard.entered(store, asked.counted);
    return asked.is === 'send' ? 'send' : asked.why;
  };
  const many = async (count: number, one: (index: number) => Promise<string>) => {
    const answers: Record<string, number> = {};
    for (let index = 0; index < count; index += 1) {
      const answer = await one(index);
      answers[answer] = (answers[answer] ?? 0) + 1;
    }
    return answers;
  };
  return { clock, ask, many };
}
const address = (network: number, host = 1) => `20.${network >> 8}.${network & 255}.${host}`;

describe('messages', () => {
  it('to one number: three in ten minutes and ten a day, whoever asks', async () => {
    const { clock, ask, many } = open();
    const one = (index: number) => ask({ address: address(index) }, { phone: '+8613800138000' });
    expect(await many(6, one)).toEqual({ send: 3, number: 3 });
    const rest = await many(20, (index) => ((clock.ms += 11 * minuteMs), one(100 + index)));
    expect(rest).toEqual({ send: 7, number: 13 });
    clock.ms += dayMs;
    expect(await one(999)).toBe('send');
  });

  it('because of one address: those whose codes are typed in make room for more', async () => {
    const [idle, busy] = [open(), open()];
    expect(await idle.many(30, () => idle.ask({ address: address(1) }))).toEqual({ send: 8, asker: 22 });
    idle.clock.ms += 70 * minuteMs;
    expect(await idle.many(9, () => idle.ask({ address: address(1) }))).toEqual({ send: 8, asker: 1 });
    expect(await busy.many(200, () => busy.ask({ address: address(1) }, { enter: true }))).toEqual({ send: 200 });
  });

  it('because of one device, one invitation, one till, one network', async () => {
    const { ask, many } = open();
    expect(await many(9, (index) => ask({ address: address(index), deviceId: 'd' }))).toEqual({ send: 4, asker: 5 });
    expect(await many(9, (index) => ask({ address: address(50 + index), inviteId: 'i' }))).toEqual({ send: 5, asker: 4 });
    expect(await many(70, () => ask({ terminalId: 't' }))).toEqual({ send: 60, asker: 10 });
    const network = open(fullPolicy({ ...budget, perHourMax: 10_000 }));
    expect(await network.many(40, (index) => network.ask({ address: address(7, index) }))).toEqual({ send: 30, asker: 10 });
  });

  it('to neighbouring numbers, typed in or not, and to a country with a day of its own or none', async () => {
    const { ask, many } = open();
    const neighbour = (index: number) => ask({ address: address(index) }, { phone: `+86138001380${String(index).padStart(2, '0')}`, enter: true });
    expect(await many(60, neighbour)).toEqual({ send: 50, range: 10 });
    expect(await many(4, (index) => ask({ address: address(200 + index) }, { phone: `+8529123${index}567`, country: 'HK' }))).toEqual({ send: 2, country: 2 });
    expect(await ask({ address: address(300) }, { phone: '+37120000001', country: 'LV' })).toBe('country_closed');
  });

  it('together: the hour and the day have an end', async () => {
    const { clock, ask, many } = open(fullPolicy({ ...budget, perHourMax: 20, perDayMax: 50 }));
    const one = (index: number) => ask({ address: address(index) }, { enter: true });
    expect(await many(25, one)).toEqual({ send: 20, budget: 5 });
    clock.ms += 70 * minuteMs;
    expect(await many(25, one)).toEqual({ send: 20, budget: 5 });
    clock.ms += 70 * minuteMs;
    expect(await many(25, one)).toEqual({ send: 10, budget: 15 });
  });

  it('of a sandbox have the limits of a number and of the hour', async () => {
    const { ask, many } = open(sandboxPolicy({ perHourMax: 50 }));
    expect(await many(60, () => ask({ address: address(1), deviceId: 'd' }, { country: 'LV' }))).toEqual({ send: 50, budget: 10 });
  });
});

describe('when codes are no longer typed in', () => {
  const attacked = async () => {
    const world = open(fullPolicy({ ...budget, perHourMax: 200 }));
    for (let index = 0; index < 6; index += 1) await world.ask({ address: address(1, index), deviceId: 'known' }, { enter: true });
    world.clock.ms += 2 * hourMs;
    const answers = await world.many(90, (index) => world.ask({ address: `30.${index}.0.1` }));
    expect(answers).toEqual({ send: 90 });
    return world;
  };

  it('a stranger and a stranger’s network get one, the known go on', async () => {
    const { ask } = await attacked();
    expect([await ask({ address: '31.0.0.1' }), await ask({ address: '31.0.0.1' }), await ask({ address: '31.0.0.2' })]).toEqual(['send', 'stranger', 'stranger']);
    expect(await ask({ address: '31.0.0.1', deviceId: 'known' })).toBe('send');
    expect(await ask({ address: address(1, 77) })).toBe('send');
    expect([await ask({ address: '31.0.0.1', inviteId: 'i' }), await ask({ terminalId: 't' })]).toEqual(['send', 'send']);
  });

  it('and half the budget is gone, a stranger gets none, but for a new network of a known provider', async () => {
    const { ask, many } = await attacked();
    expect(await many(40, (index) => ask({ address: `32.${index}.0.1` }))).toEqual({ send: 10, stranger: 30 });
    expect([await ask({ address: '33.0.0.1' }), await ask({ address: address(2) }), await ask({ address: address(1, 78) })]).toEqual(['stranger', 'send', 'send']);
    expect(await ask({ address: '33.0.0.1', deviceId: 'new' })).toBe('stranger');
  });
});

it.each([
  ['203.0.113.7', '203.0.113.7', '203.0.113', '203.0'],
  ['::ffff:203.0.113.7', '203.0.113.7', '203.0.113', '203.0'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2', '2001:db8:1', '2001:db8'],
  ['2001:0DB8::1', '2001:db8:0:0', '2001:db8:0', '2001:db8'],
  ['fe80::1%eth0', 'fe80:0:0:0', 'fe80:0:0', 'fe80:0'],
  ['::1', '0:0:0:0', '0:0:0', '0:0'],
])('the networks of %s', (given, host, network, provider) => {
  expect([hostOf(given), networkOf(hostOf(given)), providerOf(hostOf(given))]).toEqual([host, network, provider]);
});
