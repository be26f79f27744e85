// Whether a document is of the person an account belongs to, pure.

export type Document = { readonly name: string; /** ISO 8601. */ readonly bornOn: string };
/** `attested`: what was attested before; null: nothing, and the name is what its owner typed in. */
export type KnownIdentity = { readonly name: string; readonly attested: Document | null };
/** `name`: the name that was typed in, and nothing else is known. `attested`: name and date of birth that were attested. */
export type Fit = 'none' | 'name' | 'attested';

export function fitOf(document: Document, { name, attested }: KnownIdentity): Fit {
  if (attested === null) return sameName(document.name, name) ? 'name' : 'none';
  return sameName(document.name, attested.name) && document.bornOn === attested.bornOn ? 'attested' : 'none';
}

/** As documents and people write names: spaces, capitals and forms of letters differ. */
export function sameName(one: string, other: string): boolean {
  const plain = (name: string) => name.normalize('NFKC').toLowerCase().replace(/[\s·・.'’-]+/gu, '');
  return plain(one) === plain(other);
}
