// FOR TESTS: what the database sees of a process that is killed. From one statement on nothing more is sent, and every connection is gone.
import type { Pool, PoolClient } from './pool.ts';

/** `before`: the number of the statement, from 1, that is no longer sent. */
export function mortalPool(pool: Pool, { before }: { before: number }): Pool {
  let sent = 0;
  const isDead = () => sent >= before;
  const mortal = (client: PoolClient): PoolClient => {
    let isGone = false;
    return override(client, {
      query: (...args: unknown[]) => {
        sent += 1;
        if (!isDead()) return (client.query as (...args: unknown[]) => unknown)(...args);
        if (!isGone) client.release(true);
        isGone = true;
        return Promise.reject(new Error('killed'));
      },
      release: (error?: Error | boolean) => {
        if (!isGone) client.release(error);
      },
    });
  };
  return override(pool, {
    connect: async () => {
      if (isDead()) throw new Error('killed');
      return mortal(await pool.connect());
    },
    query: () => Promise.reject(new Error('only connections are counted here')),
  });
}

function override<Target extends object>(target: Target, own: Readonly<Record<string, unknown>>): Target {
  return new Proxy(target, {
    get: (of, name) => {
      if (typeof name === 'string' && Object.hasOwn(own, name)) return own[name];
      const value: unknown = Reflect.get(of, name);
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(of) : value;
    },
  });
}
