// Who keeps the counts. One message is one addition to the slice of time it was sent in, for each subject; its code typed in is
// one more to the same slices.
import type { Count } from './decide.ts';
import { sliceMs, type Scope } from './policy.ts';
import type { Subjects } from './subjects.ts';

export type CountKey = { readonly scope: Scope; readonly subject: string };
export type Read = CountKey & { readonly sinceMs: number };
export type Slice = CountKey & { readonly sliceMs: number };

export type SmsCounts = {
  /** In the order asked: sums over the slices that begin at or after `sinceMs`. */
  read(reads: readonly Read[]): Promise<Count[]>;
  /** Until the caller's transaction ends nobody else decides. */
  lock(): Promise<void>;
  add(slices: readonly Slice[], what: { readonly sent?: 1; readonly entered?: 1 }): Promise<void>;
};

export function slicesOf(subjects: Subjects, nowMs: number): Slice[] {
  return (Object.entries(subjects) as [Scope, string][]).map(([scope, subject]) => ({ scope, subject, sliceMs: nowMs - (nowMs % sliceMs[scope]) }));
}

/** The beginning of the first slice of which anything lies in the window. */
export function sinceOf({ scope, windowMs, nowMs }: { scope: Scope; windowMs: number; nowMs: number }): number {
  const from = nowMs - windowMs + 1;
  return from - (from % sliceMs[scope]);
}
