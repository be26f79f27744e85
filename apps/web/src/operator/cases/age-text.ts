// How long ago something was, in one word or two; null: just now.
const units = [
  { unit: 'day', ms: 86_400_000 },
  { unit: 'hour', ms: 3_600_000 },
  { unit: 'minute', ms: 60_000 },
] as const;

export function ageText({ atMs, nowMs, locale }: { atMs: number; nowMs: number; locale: string }): string | null {
  const ageMs = nowMs - atMs;
  const found = units.find(({ ms }) => ageMs >= ms);
  return found ? new Intl.RelativeTimeFormat(locale, { numeric: 'always' }).format(-Math.floor(ageMs / found.ms), found.unit) : null;
}
