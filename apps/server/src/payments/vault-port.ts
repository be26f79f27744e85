// What payments need of the vault. The adapter speaks HTTP and throws ProblemError: the vault's own code, or
// `vault_unavailable` when it does not answer. Sealed bytes pass through unread.
import type { LookTicket } from '@sonrisa/protocol/capture.ts';
import type { CaptureOutcome, DigitsOutcome, MintLook, TakenLook } from '@sonrisa/protocol/vault-api.ts';

export type VaultClient = {
  mintLook(input: MintLook): Promise<LookTicket>;
  capture(look: TakenLook): Promise<CaptureOutcome>;
  digits(nonce: string, digits: string): Promise<DigitsOutcome>;
};
