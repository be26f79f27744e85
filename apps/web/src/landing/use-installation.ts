// What kind of installation this is: a sandbox shows its keys and its outbox, production has neither.
import { sandboxKeysSchema } from '@sonrisa/protocol/back-office-api.ts';
import { useEffect, useState } from 'react';
import { z } from 'zod';
import { codeOf, type Api } from '../api.ts';
import type { SentenceCode } from '../i18n/texts/en/problems.ts';

export type LandingTools = { api: Api; fetch: typeof fetch; copy: (text: string) => Promise<void> };

export type SandboxKeys = z.infer<typeof sandboxKeysSchema>;
export type Installation =
  | { kind: 'asking' }
  | { kind: 'sandbox'; keys: SandboxKeys }
  | { kind: 'production' }
  | { kind: 'unknown'; problem: SentenceCode };

export function useInstallation({ api }: LandingTools): Installation {
  const [installation, setInstallation] = useState<Installation>({ kind: 'asking' });
  useEffect(() => {
    let here = true;
    const tell = (answer: Installation) => here && setInstallation(answer);
    api.request({ method: 'GET', path: '/api/sandbox/keys', schema: sandboxKeysSchema }).then(
      (keys) => tell({ kind: 'sandbox', keys }),
      (error: unknown) => {
        const problem = codeOf(error);
        tell(problem === 'not_found' ? { kind: 'production' } : { kind: 'unknown', problem });
      },
    );
    return () => void (here = false);
  }, [api]);
  return installation;
}

/** `near_filing`, `filing`: everything works, and so many faces are enrolled that some places want to know. */
export type Health = 'asking' | 'ok' | 'near_filing' | 'filing' | 'down' | 'unknown';

const healthSchema = z.object({ status: z.enum(['ok', 'down']), faces: z.enum(['ok', 'near_filing', 'filing', 'unknown']) });
const healthTimeoutMs = 8_000;

/** Asked without the usual repeats: the answer of a part that is down comes with status 503 and is an answer. */
export function useHealth(tools: LandingTools): Health {
  const [health, setHealth] = useState<Health>('asking');
  const { fetch: send } = tools;
  useEffect(() => {
    let here = true;
    send('/health', { cache: 'no-store', signal: AbortSignal.timeout(healthTimeoutMs) })
      .then((response) => response.json())
      .then((body: unknown) => toldOf(healthSchema.parse(body)))
      .catch(() => 'unknown' as const)
      .then((answer) => here && setHealth(answer));
    return () => void (here = false);
  }, [send]);
  return health;
}

const toldOf = ({ status, faces }: z.infer<typeof healthSchema>): Health => (status === 'ok' && (faces === 'near_filing' || faces === 'filing') ? faces : status);
