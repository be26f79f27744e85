// What the service desk asks the server.
import { attestedSchema, foundRecoverySchema, type attestSchema, type Attested, type FoundRecovery } from '@sonrisa/protocol/recovery-api.ts';
import type { z } from 'zod';
import type { Api } from '../api.ts';

export type DeskClient = ReturnType<typeof createDeskClient>;

export function createDeskClient(api: Api) {
  const root = '/api/operator/recoveries';
  return {
    find: (token: string, reference: string): Promise<FoundRecovery> => api.request({ method: 'POST', path: `${root}/find`, schema: foundRecoverySchema, token, json: { reference } }),
    attest: (token: string, id: string, json: z.input<typeof attestSchema>, idempotencyKey: string): Promise<Attested> =>
      api.request({ method: 'POST', path: `${root}/${id}/attest`, schema: attestedSchema, token, json, idempotencyKey }),
  };
}
