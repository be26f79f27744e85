// Decimals as text: 0.35 is 35 hundredths, which binary fractions are not.
export const decimal = /^([0-9]{1,9})(?:[.,]([0-9]{1,6}))?$/;

/** The point moved so many places to the right, without zeros that say nothing. */
export function shifted(text: string, places: number): string {
  const [whole = '', fraction = ''] = text.replace(',', '.').split('.');
  const left = places >= 0 ? whole + fraction.padEnd(places, '0').slice(0, places) : whole.padStart(1 - places, '0').slice(0, places);
  const right = places >= 0 ? fraction.slice(places) : whole.padStart(1 - places, '0').slice(places) + fraction;
  const [front, back] = [left.replace(/^0+(?=[0-9])/, ''), right.replace(/0+$/, '')];
  return back === '' ? front : `${front}.${back}`;
}

/** Two whole numbers without a common divisor. */
export function fractionOf(text: string, percent: boolean): { part: bigint; of: bigint } {
  const [whole = '', fraction = ''] = text.replace(',', '.').split('.');
  const [part, of] = [BigInt(whole + fraction), 10n ** BigInt(fraction.length) * (percent ? 100n : 1n)];
  const common = divisor(part, of);
  return { part: part / common, of: of / common };
}

const divisor = (a: bigint, b: bigint): bigint => (b === 0n ? a || 1n : divisor(b, a % b));

const places = 6;
/** Null where no decimal of six places is the same. */
export function textOfFraction({ part, of }: { part: bigint; of: bigint }, percent: boolean): string | null {
  const scaled = part * (percent ? 100n : 1n) * 10n ** BigInt(places);
  return of === 0n || scaled % of !== 0n ? null : shifted(String(scaled / of), -places);
}
