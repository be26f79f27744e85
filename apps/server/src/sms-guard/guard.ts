// Asked before every message that strangers can cause. What is refused costs a read; only what may go out takes the lock,
// is judged once more and counted, so requests in parallel never share the last message of a budget.
import { sinceOf, slicesOf, type SmsCounts, type Slice } from './counts.ts';
import { decide, isClosed, wantedCounts, type Count, type Decision, type Refusal } from './decide.ts';
import type { Policy, Scope } from './policy.ts';
import { subjectsOf, type SmsAsk, type Subjects } from './subjects.ts';

export type Asked =
  /** `counted` goes with the message: its code typed in is credited where the message was counted. */
  { readonly is: 'send'; readonly counted: readonly Slice[] } | { readonly is: 'refused'; readonly why: Refusal; readonly scope: Scope };

export type SmsGuard<Store = SmsCounts> = {
  /** In the caller's transaction. `expectsCode` false: nothing will be typed in, and that is no sign of abuse. */
  ask(store: Store, ask: SmsAsk, expects?: { readonly expectsCode: boolean }): Promise<Asked>;
  entered(store: Store, counted: readonly Slice[]): Promise<void>;
};

/** `mark` turns a number, an address, a device … into what is stored of it. */
export type GuardDeps = { policy: Policy; nowMs: () => number; mark: (text: string) => string };

export function createSmsGuard({ policy, nowMs, mark }: GuardDeps): SmsGuard {
  return {
    ask: async (store, ask, { expectsCode } = { expectsCode: true }) => {
      const subjects = marked(subjectsOf(ask), mark);
      if (isClosed(policy, subjects)) return { is: 'refused', why: 'country_closed', scope: 'country' };
      const now = nowMs();
      const first = await judge({ policy, store, subjects, now });
      if (first.is === 'refused') return first;
      await store.lock();
      const second = await judge({ policy, store, subjects, now });
      if (second.is === 'refused') return second;
      const counted = slicesOf(subjects, now);
      await store.add(counted, expectsCode ? { sent: 1 } : { sent: 1, entered: 1 });
      return { is: 'send', counted };
    },
    entered: (store, counted) => store.add(counted, { entered: 1 }),
  };
}

async function judge({ policy, store, subjects, now }: { policy: Policy; store: SmsCounts; subjects: Subjects; now: number }): Promise<Decision> {
  const wanted = wantedCounts(policy, subjects);
  const reads = wanted.map(({ scope, windowMs }) => ({ scope, subject: subjects[scope] ?? '', sinceMs: sinceOf({ scope, windowMs, nowMs: now }) }));
  const counts = await store.read(reads);
  const countOf = (scope: Scope, windowMs: number): Count => {
    const at = wanted.findIndex((each) => each.scope === scope && each.windowMs === windowMs);
    const count = counts[at];
    if (!count) throw new Error(`nobody asked for the counts of ${scope} over ${windowMs} ms`);
    return count;
  };
  return decide(policy, { subjects, countOf });
}

const plain: readonly Scope[] = ['country', 'installation'];

function marked(subjects: Subjects, mark: GuardDeps['mark']): Subjects {
  return Object.fromEntries((Object.entries(subjects) as [Scope, string][]).map(([scope, text]) => [scope, plain.includes(scope) ? text : mark(`${scope}\0${text}`)]));
}
