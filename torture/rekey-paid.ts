// What tills were told is paid, against what the books have: each once, from the wallet of whoever stood there.

export type Paid = { readonly paymentId: string; readonly payerId: string; readonly amountMinor: bigint };
/** A hold of the books, with how many transfers opened and captured it. */
export type Booked = Paid & { readonly capturedMinor: bigint; readonly authorised: number; readonly captured: number };
export type Wallet = { readonly payerId: string; readonly toppedUpMinor: bigint; readonly balanceMinor: bigint };

/** Every finding in words. */
export function paidFindings(input: { paid: readonly Paid[]; booked: readonly Booked[]; wallets: readonly Wallet[] }): string[] {
  const booked = new Map(input.booked.map((hold) => [hold.paymentId, hold]));
  const told = new Set(input.paid.map(({ paymentId }) => paymentId));
  return [
    ...input.paid.flatMap((paid) => differences(paid, booked.get(paid.paymentId))),
    ...input.booked.filter(({ paymentId }) => !told.has(paymentId)).map(({ paymentId }) => `untold: ${paymentId} moved money and no till was told so`),
    ...input.wallets.flatMap((wallet) => walletFindings(wallet, input.paid)),
  ];
}

function differences({ paymentId, payerId, amountMinor }: Paid, hold: Booked | undefined): string[] {
  if (!hold) return [`lost: ${paymentId} is paid and not in the books`];
  const findings: string[] = [];
  if (hold.payerId !== payerId) findings.push(`wrong payer: ${paymentId} of ${payerId} was charged to ${hold.payerId}`);
  if (hold.authorised !== 1 || hold.captured !== 1) findings.push(`not once: ${paymentId} was authorised ${hold.authorised} times and captured ${hold.captured} times`);
  if (hold.amountMinor !== amountMinor || hold.capturedMinor !== amountMinor) findings.push(`changed: ${paymentId} over ${amountMinor} is held as ${hold.amountMinor} and captured as ${hold.capturedMinor}`);
  return findings;
}

function walletFindings({ payerId, toppedUpMinor, balanceMinor }: Wallet, paid: readonly Paid[]): string[] {
  const spentMinor = paid.filter((each) => each.payerId === payerId).reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  const expectedMinor = toppedUpMinor - spentMinor;
  return balanceMinor === expectedMinor ? [] : [`wallet: ${payerId} has ${balanceMinor}, expected ${expectedMinor}`];
}
