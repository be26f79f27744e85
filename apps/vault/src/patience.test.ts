// How long a start waits for a key service, and for what it does not wait.
import { expect, test } from 'vitest';
import { KeyServiceError } from './key-service.ts';
import { createPatience } from './patience.ts';

function patient(isStopping = () => false) {
  const told: object[] = [];
  let pausedMs = 0;
  const { whileServiceIsAway } = createPatience({ log: { warn: (facts) => void told.push(facts) }, pause: async (ms) => void (pausedMs += ms), isStopping });
  return { told, whileServiceIsAway, pausedMs: () => pausedMs };
}
const away = () => new KeyServiceError('It is away.', { passing: true });

test('asks again while it is away, and says why each time', async () => {
  const { told, whileServiceIsAway } = patient();
  let calls = 0;
  expect(await whileServiceIsAway(async () => { if (++calls < 3) throw away(); return 'open'; })).toBe('open');
  expect(told).toEqual([{ reason: 'It is away.' }, { reason: 'It is away.' }]);
});

test('gives up after two minutes, with the reason', async () => {
  const { whileServiceIsAway, pausedMs } = patient();
  await expect(whileServiceIsAway(async () => { throw away(); })).rejects.toThrow('It is away.');
  expect(pausedMs()).toBe(120_000);
});

test.each([
  ['what the service refuses', new KeyServiceError('Denied.', { passing: false })],
  ['any other failure', new Error('The database is gone.')],
])('%s is not tried again', async (_what, error) => {
  const { told, whileServiceIsAway } = patient();
  await expect(whileServiceIsAway(async () => { throw error; })).rejects.toBe(error);
  expect(told).toEqual([]);
});

test('told to stop, it stops', async () => {
  await expect(patient(() => true).whileServiceIsAway(async () => { throw away(); })).rejects.toThrow(/Stopped while the key service was away/);
});
