// Whether the vault was told the same error budget as this server. Receipts of a vault that risks more are refused one by
// one; here whoever runs the two hears at once why nobody could pay.
import type { VaultStats } from '@sonrisa/protocol/vault-api.ts';

export type BudgetLog = { error(fields: object, message: string): void; warn(fields: object, message: string): void };

export async function compareBudgets(input: { vault: { stats(): Promise<VaultStats> }; errorBudget: number; log: BudgetLog }): Promise<void> {
  const { vault, errorBudget, log } = input;
  try {
    const { budget } = await vault.stats();
    if (budget === errorBudget) return;
    const follows = budget > errorBudget ? 'its receipts are refused and nobody can pay by face' : 'it asks for more than this server needs';
    log.error({ vaultBudget: budget, serverBudget: errorBudget }, `SONRISA_ERROR_BUDGET differs between vault and server: ${follows}. Set both alike.`);
  } catch (error) {
    log.warn({ err: error }, 'The vault could not be asked for its error budget; receipts are held against ours all the same');
  }
}
