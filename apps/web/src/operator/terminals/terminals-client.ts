// Terminals that were moved, of all merchants: that part of the operator API.
import { merchantTerminalSchema, movedTerminalsSchema, type MovedTerminal } from '@sonrisa/protocol/back-office-api.ts';
import type { Api } from '../../api.ts';

/** As many as the server gives at once. */
export const movedMax = 200;

export function createTerminalsClient({ request }: Api) {
  const root = '/api/operator/terminals';
  return {
    movedTerminals: async (token: string): Promise<MovedTerminal[]> =>
      (await request({ method: 'GET', path: `${root}/moved?limit=${movedMax}`, schema: movedTerminalsSchema, token })).terminals,
    confirmNetwork: (token: string, id: string, network: string, idempotencyKey: string) =>
      request({ method: 'POST', path: `${root}/${id}/confirm-network`, schema: merchantTerminalSchema, token, json: { network }, idempotencyKey }),
    revokeTerminal: (token: string, id: string, idempotencyKey: string) =>
      request({ method: 'POST', path: `${root}/${id}/revoke`, schema: merchantTerminalSchema, token, json: {}, idempotencyKey }),
  };
}
