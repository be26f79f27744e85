// How the processes of a server know of each other's death: each holds an advisory lock of PostgreSQL as long as it lives.
// The lock ends with the connection, and the connection with the process, however it is killed: no heartbeat, no waiting.
// Should PostgreSQL itself go away, what this process claimed before looks abandoned; the work behind is safe to repeat.
import type { Random } from '../adapters/random.ts';
import type { Pool } from '../db/pool.ts';

export type ProcessLock = {
  /** The number this process is known by right now. */
  id(): Promise<number>;
  /** From here on this process counts as dead. */
  close(): Promise<void>;
};

/** Any fixed number that nobody else on this database uses for its advisory locks. */
export const processLockClass = 723_144_602;

export function createProcessLock({ pool, random }: { pool: Pool; random: Random }): ProcessLock {
  let held: Promise<{ id: number; letGo: () => void }> | undefined;

  const hold = async () => {
    const client = await pool.connect();
    let isOut = true;
    const letGo = () => {
      if (isOut) client.release(true);
      isOut = false;
    };
    client.on('error', () => {
      held = undefined;
      letGo();
    });
    try {
      const id = Buffer.from(random.bytes(4)).readUInt32BE() >>> 1;
      await client.query('SELECT pg_advisory_lock($1, $2)', [processLockClass, id]);
      return { id, letGo };
    } catch (error) {
      letGo();
      throw error;
    }
  };

  return {
    async id() {
      held ??= hold();
      try {
        return (await held).id;
      } catch (error) {
        held = undefined;
        throw error;
      }
    },
    async close() {
      const closing = await held?.catch(() => undefined);
      held = undefined;
      closing?.letGo();
    },
  };
}
