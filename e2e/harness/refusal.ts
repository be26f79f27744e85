// What every refusal must look like, and proof that it changed nothing.
import { expect } from 'vitest';
import { isProblemCode, problemCatalogue, problemSchema } from '@sonrisa/protocol/problem.ts';
import type { ProblemCode } from '@sonrisa/protocol/problem.ts';
import type { ApiAnswer } from '../../apps/cli/src/demo/api.ts';
import { withConnection } from '../../apps/cli/src/postgres/connect.ts';
import type { TestInstance } from './instance.ts';

/** The code is of the catalogue and the expected one, the status fits it, and the detail says what to do. */
export function expectRefusal(answer: ApiAnswer, expected: ProblemCode): void {
  const problem = problemSchema.parse(answer.body);
  expect(problem.code).toBe(expected);
  if (!isProblemCode(problem.code)) throw new Error(`${problem.code} is in no catalogue`);
  const { status, next } = problemCatalogue[problem.code];
  expect(answer.status).toBe(status);
  expect(problem.status).toBe(status);
  expect(problem.detail).toContain(next);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
}

/** Whatever a refused request could have changed: money, people, faces. */
export async function fingerprint({ instance, stage }: TestInstance): Promise<Record<string, unknown>> {
  const { rows } = await stage.offices.trialBalance();
  const server = await withConnection(instance.databaseUrl, (query) => query(countsOf(['transfer', 'hold', 'receipt_used', 'refund', 'payer', 'payment'])));
  const vault = await withConnection(instance.vaultDatabaseUrl, (query) => query(countsOf(['face', 'face_template'])));
  return { rows, server, vault };
}

const countsOf = (tables: readonly string[]): string => tables.map((table) => `SELECT '${table}' AS name, count(*)::int AS rows FROM ${table}`).join(' UNION ALL ');
