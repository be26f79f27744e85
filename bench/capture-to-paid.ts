// From the last frame of a burst to a paid payment, over HTTP against a whole instance: sealing, server, vault, search
// among everybody enrolled, receipt, and the books. What a shopper waits for, the tap on "Pay" left out.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { samplePeople } from '../apps/cli/src/demo/people.ts';
import { enrolShopper, openStage, payByFace } from '../apps/cli/src/demo/stage.ts';
import type { Stage } from '../apps/cli/src/demo/stage.ts';
import { createTimings } from '../apps/cli/src/demo/timings.ts';
import { startInstance } from '../apps/cli/src/instance.ts';
import { freePort } from '../apps/cli/src/postgres/port.ts';
import { liftLimits } from '../e2e/harness/no-rules.ts';
import type { ResultRow } from './results.ts';

const people = 4;
const rounds = 6;

/** A row for the table of bench/pipeline.ts. Needs a build. */
export async function captureToPaidRows(): Promise<ResultRow[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'sonrisa-bench-'));
  const instance = await startInstance({ dataDir, port: await freePort(), mode: 'sandbox', logLevel: 'warn' });
  try {
    const { url, activationCode = '' } = instance;
    const setting = { url, activationCode, people: samplePeople(people) };
    const stage = await openStage({ ...setting, timings: createTimings() });
    // So that every payment is by face alone, the sixth of a person as the first.
    await liftLimits(stage.offices);
    for (let index = 0; index < people; index++) await enrolShopper(stage, index);
    await everybodyPays(stage, 1);
    const measured: Stage = { ...stage, timings: createTimings() };
    await everybodyPays(measured, rounds);
    return measured.timings
      .table()
      .filter(({ stage: name }) => /^(capture to paid|match|confirm)/.test(name))
      .map(({ stage: name, runs, medianMs }) => ({ what: `over HTTP: ${name}`, cpuMs: null, wallMs: medianMs, note: `${people} people enrolled, ${runs} payments` }));
  } finally {
    await instance.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function everybodyPays(stage: Stage, times: number): Promise<void> {
  for (let round = 0; round < times; round++) {
    for (const [index, shopper] of stage.shoppers.entries()) {
      const { payment } = await payByFace(stage, { shopper, amountMinor: 500n, seed: round * 17 + index });
      if (payment.state !== 'captured') throw new Error(`${shopper.person.name} could not pay: ${payment.state}`);
    }
  }
}
