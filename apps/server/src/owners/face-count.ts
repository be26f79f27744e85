// How many faces are enrolled. From a hundred thousand on the law of some places wants a filing, so the operator hears of it before:
// in the log, in /health, and when they ask.
import type { FaceCount as FaceCountView, FaceLevel } from '@sonrisa/protocol/back-office-api.ts';
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';

export type FaceCount = {
  /** Of the last round; `unknown` before the first. */
  level(): FaceLevel | 'unknown';
  read(): Promise<FaceCountView>;
  round(): Promise<void>;
};
export type FaceCountDeps = {
  readonly db: Database;
  readonly log: { warn(fields: object, line: string): void };
  readonly faceUnusedDaysMax: number;
  readonly warnFrom?: number;
  readonly filingFrom?: number;
};

export const facesWarnFrom = 80_000;
export const facesFilingFrom = 100_000;

export function createFaceCount({ db, log, faceUnusedDaysMax, warnFrom = facesWarnFrom, filingFrom = facesFilingFrom }: FaceCountDeps): FaceCount {
  let last: FaceLevel | 'unknown' = 'unknown';
  const read = async (): Promise<FaceCountView> => {
    const { rows } = await sql<{ enrolled: number; paused: number; told: number }>`
      SELECT count(*)::int AS enrolled, count(*) FILTER (WHERE face_state = 'paused')::int AS paused,
             count(*) FILTER (WHERE face_unused_told_at > face_enrolled_at)::int AS told FROM payer WHERE face_state <> 'off'`.execute(db);
    const { enrolled, paused, told } = rows[0] ?? { enrolled: 0, paused: 0, told: 0 };
    return { enrolled, paused, toldOfErasure: told, unusedDaysMax: faceUnusedDaysMax, warnFrom, filingFrom, level: levelOf(enrolled, { warnFrom, filingFrom }) };
  };
  return {
    level: () => last,
    read,
    async round() {
      const { enrolled, level } = await read();
      // Once for each level, and at every start.
      if (level !== last && level !== 'ok') log.warn({ enrolled, warnFrom, filingFrom }, sentences[level]);
      last = level;
    },
  };
}

const levelOf = (enrolled: number, { warnFrom, filingFrom }: { warnFrom: number; filingFrom: number }): FaceLevel =>
  enrolled >= filingFrom ? 'filing' : enrolled >= warnFrom ? 'near_filing' : 'ok';

const sentences = {
  near_filing: 'Many faces are enrolled: some places want a filing from a hundred thousand on. Find out now whether yours is one of them',
  filing: 'As many faces are enrolled as some places want a filing for. File it if yours is one of them, or let unused faces go earlier (SONRISA_FACE_UNUSED_DAYS)',
} as const;
