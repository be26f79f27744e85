// A text as the octets of one or more short messages: GSM 7-bit default alphabet where it suffices (3GPP TS 23.038), else UCS-2;
// long ones in parts with a concatenation header (3GPP TS 23.040, 9.2.3.24.1).
export type Coded = { readonly alphabet: 'gsm7' | 'ucs2'; readonly units: readonly Buffer[] };
export type Segment = { readonly udh: Buffer | undefined; readonly octets: Buffer };

const basic = '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const escape = 0x1b;
const extended: Readonly<Record<string, number>> = { '\f': 0x0a, '^': 0x14, '{': 0x28, '}': 0x29, '\\': 0x2f, '[': 0x3c, '~': 0x3d, ']': 0x3e, '|': 0x40, '€': 0x65 };
const septets = new Map<string, Buffer>([
  ...[...basic].flatMap((char, code): [string, Buffer][] => (code === escape ? [] : [[char, Buffer.of(code)]])),
  ...Object.entries(extended).map(([char, code]): [string, Buffer] => [char, Buffer.of(escape, code)]),
]);

/** Octets of one message alone, and of a part beside its header: 160 and 153 septets (one an octet), 70 and 67 UCS-2 units. */
const octetsMax = { gsm7: { alone: 160, part: 153 }, ucs2: { alone: 140, part: 134 } } as const;
export const partsMax = 255;

/** Characters as octets, none of which may be cut in two: an escaped character, a surrogate pair. */
export function encodeText(text: string): Coded {
  const chars = [...text];
  const gsm = chars.map((char) => septets.get(char));
  if (gsm.every((unit) => unit !== undefined)) return { alphabet: 'gsm7', units: gsm };
  return { alphabet: 'ucs2', units: chars.map((char) => Buffer.from(char, 'utf16le').swap16()) };
}

/** `ref` (0 to 255) tells the parts of one message from those of another. Throws RangeError past 255 parts. */
export function segmentsOf({ alphabet, units }: Coded, ref: number): Segment[] {
  const { alone, part } = octetsMax[alphabet];
  const whole = Buffer.concat(units);
  if (whole.length <= alone) return [{ udh: undefined, octets: whole }];
  const parts: Buffer[][] = [[]];
  let length = 0;
  for (const unit of units) {
    if (length + unit.length > part) {
      parts.push([]);
      length = 0;
    }
    parts.at(-1)?.push(unit);
    length += unit.length;
  }
  if (parts.length > partsMax) throw new RangeError(`a message of ${parts.length} parts`);
  return parts.map((octets, index) => ({ udh: Buffer.of(5, 0, 3, ref & 255, parts.length, index + 1), octets: Buffer.concat(octets) }));
}
