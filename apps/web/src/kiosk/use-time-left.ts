// How long a wait still takes, in whole seconds and as a share of what it was when it was first shown.
import { useEffect, useState } from 'react';
import { useKiosk } from './kiosk-context.ts';

const tickMs = 1_000;

export function useTimeLeft(expiresAtMs: number | null): { secondsLeft: number; share: number } {
  const { tools } = useKiosk();
  const [nowMs, setNowMs] = useState(() => tools.now());
  // From here on, so that a clock that is wrong shows the wait and not its own error.
  const [startMs] = useState(() => tools.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(tools.now()), tickMs);
    return () => clearInterval(timer);
  }, [tools]);
  if (expiresAtMs === null) return { secondsLeft: 0, share: 0 };
  const leftMs = Math.max(0, expiresAtMs - nowMs);
  return { secondsLeft: Math.ceil(leftMs / 1000), share: leftMs / Math.max(1, expiresAtMs - startMs) };
}
