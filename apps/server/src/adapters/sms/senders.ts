// Who a message comes from, by the country it goes to: the longest prefix that fits wins, `*` fits every number.
export type Senders = Readonly<Record<string, string>>;

/** Undefined: this provider has no sender for the number, so it does not serve it. */
export function senderFor(senders: Senders, e164: string): string | undefined {
  const fitting = Object.keys(senders).filter((prefix) => prefix === '*' || e164.startsWith(prefix));
  const [longest] = fitting.sort((a, b) => lengthOf(b) - lengthOf(a));
  return longest === undefined ? undefined : senders[longest];
}

const lengthOf = (prefix: string): number => (prefix === '*' ? 0 : prefix.length);
