// Issues match receipts: the vault's signed word about one look, for everything that look was minted for.
import { toBase64Url } from '@sonrisa/protocol/bytes.ts';
import { receiptLifetimeMs, signReceipt } from '@sonrisa/protocol/receipt.ts';
import type { ReceiptClaims } from '@sonrisa/protocol/receipt.ts';
import type { Clock, Random } from './adapters/system.ts';
import type { Confirmed } from './confirm.ts';
import type { VaultKeyRing } from './keys.ts';
import type { Look } from './looks.ts';

/** What was in view, and what the capture proves about a living person having been there. */
export type Sighting = Pick<ReceiptClaims, 'scene' | 'liveness' | 'livenessScores' | 'camera'>;

export type Grounds = Pick<ReceiptClaims, 'rung' | 'threshold' | 'bound' | 'candidateCount' | 'scope' | 'budget'> & Sighting;

export interface Receipts {
  issue(input: { look: Look; person: Confirmed; grounds: Grounds }): Promise<string>;
}

export function createReceipts(deps: {
  signing: VaultKeyRing['receiptSigning'];
  clock: Clock;
  random: Random;
  packId: string;
  curveId: string;
}): Receipts {
  const { signing, clock, random, packId, curveId } = deps;

  function issue(input: { look: Look; person: Confirmed; grounds: Grounds }): Promise<string> {
    const { terms } = input.look;
    const nowMs = clock.nowMs();
    const claims: ReceiptClaims = {
      iss: 'sonrisa-vault',
      jti: toBase64Url(random.bytes(16)),
      iat: Math.floor(nowMs / 1000),
      exp: Math.floor((nowMs + receiptLifetimeMs) / 1000),
      purpose: terms.purpose,
      subjectId: terms.subjectId,
      signerThumbprint: terms.signerThumbprint,
      ...paymentTerms(input.look),
      payerRef: input.person.payerRef,
      ...(input.person.lookAlike ? { lookAlike: true } : {}),
      faceEpoch: input.person.epoch,
      score: input.person.score,
      ...input.grounds,
      curveId,
      packId,
    };
    return signReceipt(claims, signing);
  }

  return { issue };
}

function paymentTerms({ terms }: Look): Partial<ReceiptClaims> {
  if (terms.purpose !== 'payment') return {};
  const { amountMinor, currency, merchantId, storeId } = terms;
  return { amountMinor, currency, merchantId, storeId };
}
