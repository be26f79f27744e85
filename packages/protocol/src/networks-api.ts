// Where a store's terminals may open their camera, for merchants and the operator (docs/terminals.md).
//
//   GET  merchant/stores/:id/networks                   how the networks of its terminals are checked
//   PUT  merchant/stores/:id/networks                   sets it                        (Idempotency-Key)
//   POST merchant/terminals/:id/confirm-network         it belongs on this network     (Idempotency-Key)
//   GET  operator/terminals/moved?limit=                terminals on a network nobody confirmed, latest first
//   PUT  operator/stores/:id/networks                   as the merchant's              (Idempotency-Key)
//   POST operator/terminals/:id/confirm-network         as the merchant's              (Idempotency-Key)
//   POST operator/terminals/:id/revoke                  it is out at its next request  (Idempotency-Key)
import { z } from 'zod';

export const networksMax = 50;
const networkSchema = z.union([z.cidrv4(), z.cidrv6()]);

/** `learned`: the network of a terminal's first look, and those confirmed since. `listed`: these alone. `off`: wherever it is, for stores whose address changes. */
export const storeNetworksSchema = z.discriminatedUnion('check', [
  z.strictObject({ check: z.literal('learned') }),
  z.strictObject({ check: z.literal('listed'), networks: z.array(networkSchema).min(1).max(networksMax) }),
  z.strictObject({ check: z.literal('off') }),
]);
export type StoreNetworks = z.infer<typeof storeNetworksSchema>;

/** As the list of terminals shows it waiting. */
export const confirmNetworkSchema = z.strictObject({ network: networkSchema });

/** Of a terminal: networks it may open its camera on, newest first; and the one it asks from now, if nobody confirmed that. */
export const terminalNetworksSchema = z.object({
  known: z.array(z.string()),
  waiting: z.object({ network: z.string(), firstSeenAtMs: z.number(), lastSeenAtMs: z.number() }).nullable(),
});
