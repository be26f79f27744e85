// The fee a payment was created under, as the ledger wants it.
import type { FeeShare, FeeTerms } from '@sonrisa/ledger/fees.ts';
import type { FeeTermsRow } from '../db/database.ts';

export function feeOf(row: { readonly fee_basis_points: number; readonly fee_terms: FeeTermsRow }): FeeTerms & { readonly feeShares?: readonly FeeShare[] } {
  const { fixedMinor, minMinor, maxMinor, shares } = row.fee_terms;
  return {
    feeBasisPoints: row.fee_basis_points,
    ...(fixedMinor === undefined ? {} : { feeFixedMinor: BigInt(fixedMinor) }),
    ...(minMinor === undefined ? {} : { feeMinMinor: BigInt(minMinor) }),
    ...(maxMinor === undefined ? {} : { feeMaxMinor: BigInt(maxMinor) }),
    ...(shares === undefined || shares.length === 0 ? {} : { feeShares: shares.map(({ receiverId, weight }) => ({ receiverId, weight: BigInt(weight) })) }),
  };
}
