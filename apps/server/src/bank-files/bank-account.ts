// A bank account to pay to or from: an IBAN, or the bank's own number where there are no IBANs.
export type BankAccount = { readonly holder: string; readonly number: string; readonly bic: string | null };

const ibanShape = /^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$/;

/** By its check digits (ISO 13616: moved to the end, letters as numbers, the whole leaves 1 modulo 97). */
export function isIban(number: string): boolean {
  if (!ibanShape.test(number)) return false;
  const digits = [...number.slice(4), ...number.slice(0, 4)].map((character) => parseInt(character, 36)).join('');
  return BigInt(digits) % 97n === 1n;
}

/** The `Id` element of an account (AccountIdentification4Choice). */
export function accountIdElement(number: string): object {
  return isIban(number) ? { IBAN: number } : { Othr: { Id: number } };
}

/** The bank of an account (BranchAndFinancialInstitutionIdentification6). */
export function agentElement(bic: string | null): object {
  return { FinInstnId: bic === null ? { Othr: { Id: 'NOTPROVIDED' } } : { BICFI: bic } };
}
