// Key operations. They take the token of the keys folder: the server, which knows the other secret, can ask for none of them.
import {
  destroyTemplatesSchema,
  rekeyProgressSchema,
  templatesDestroyedSchema,
  vaultPaths,
} from '@sonrisa/protocol/vault-api.ts';
import type { DestroyTemplates } from './rekey/destroy.ts';
import type { Rekeying } from './rekey/rekey.ts';
import type { VaultFastify } from './routes.ts';

export interface OperationDeps {
  readonly rekeying: Rekeying;
  readonly destroyTemplates: DestroyTemplates;
}

const operationPaths: readonly string[] = [vaultPaths.rekey, vaultPaths.destroyTemplates];

export const isOperation = (url: string | undefined): boolean => url !== undefined && operationPaths.includes(url);

export function addOperationRoutes(app: VaultFastify, { rekeying, destroyTemplates }: OperationDeps): void {
  app.post(vaultPaths.rekey, { schema: { response: { 200: rekeyProgressSchema } } }, () => rekeying.start());

  app.get(vaultPaths.rekey, { schema: { response: { 200: rekeyProgressSchema } } }, () => rekeying.progress());

  app.post(vaultPaths.destroyTemplates, { schema: { body: destroyTemplatesSchema, response: { 200: templatesDestroyedSchema } } }, () => destroyTemplates());
}
