// Which acts of the trail are shown, as the address keeps it.
import { operatorActKinds, type OperatorActKind } from '@sonrisa/protocol/operator-acts.ts';
import type { OperatorActsQuery } from '@sonrisa/protocol/set-up-api.ts';

/** `who`: id of a person, or who is none. `day`: of this browser's time zone, like 2026-11-29. `before`: number of the last act of the page before. Null: any. */
export type TrailFilter = { who: string | null; kind: OperatorActKind | null; day: string | null; before: string | null };
export const everyAct: TrailFilter = { who: null, kind: null, day: null, before: null };

export function trailFilterOf(query: string): TrailFilter {
  const asked = new URLSearchParams(query);
  const fitting = (key: string, shape: RegExp): string | null => shape.exec(asked.get(key) ?? '')?.[0] ?? null;
  const day = fitting('day', /^\d{4}-\d{2}-\d{2}$/);
  return {
    who: fitting('who', /^(opp_[0-9a-f]{32}|token|machine)$/),
    kind: operatorActKinds.find((kind) => kind === asked.get('kind')) ?? null,
    day: day !== null && boundsOf(day) ? day : null,
    before: fitting('before', /^[1-9][0-9]{0,17}$/),
  };
}

/** With its question mark; nothing where everything is shown. */
export function trailQueryOf({ who, kind, day, before }: TrailFilter): string {
  const set = Object.entries({ who, kind, day, before }).flatMap(([key, value]) => (value === null ? [] : [[key, value]]));
  return set.length === 0 ? '' : `?${new URLSearchParams(set).toString()}`;
}

export function actsQueryOf({ who, kind, day, before }: TrailFilter): OperatorActsQuery {
  const bounds = day === null ? null : boundsOf(day);
  return {
    ...(who === null ? {} : who === 'token' || who === 'machine' ? { by: who } : { personId: who }),
    ...(kind === null ? {} : { kind }),
    ...(bounds ?? {}),
    ...(before === null ? {} : { before }),
  };
}

// Days have 23 hours or 25 where clocks are moved: the next one begins when the calendar says so. Null for 30 February.
function boundsOf(day: string): { fromMs: number; untilMs: number } | null {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  const from = new Date(year, month - 1, date);
  if (from.getMonth() !== month - 1 || from.getDate() !== date || from.getTime() < 0) return null;
  return { fromMs: from.getTime(), untilMs: new Date(year, month - 1, date + 1).getTime() };
}
