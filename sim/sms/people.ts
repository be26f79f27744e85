// Honest people of a made-up city: where their phones are, and what they do with a code. All shares are assumptions, printed with the results.
export type Asker = { readonly phone: string; readonly country: string; readonly address: string; readonly deviceId?: string; readonly inviteId?: string };
export type Person = { asker: Asker; readonly inShop: boolean; readonly counts: boolean; asks: number; codes: number };

export type City = {
  readonly peoplePerDay: number;
  readonly carrierNetworks: number;
  readonly addressesPerCarrierNetwork: number;
  readonly shops: number;
  readonly homeNetworks: number;
};

export const shares = {
  /** Opened by the invitation a till showed. */
  invited: 0.2,
  /** On a phone that typed a code in within the week. */
  returning: 0.1,
  carrier: 0.65,
  shop: 0.12,
  home: 0.2,
  /** A network nobody ever came from: the rest. */
  unseen: 0.03,
  /** Of those, in a block of a provider that others came from; the rest anywhere. */
  unseenOfKnownProvider: 0.8,
  /** Stand in a shop: refused twice, they take the invitation of its till, as the refusal tells them to. */
  inShop: 0.5,
  /** Codes typed in; who does not asks for another once, with the same chance. */
  typedIn: 0.92,
} as const;

export const typeInMs = { least: 15_000, most: 90_000 } as const;

/** The city of so many people a day; everything else grows with it. */
export function cityOf(peoplePerDay: number): City {
  const part = (share: number) => Math.max(4, Math.round(peoplePerDay * share));
  return { peoplePerDay, carrierNetworks: part(1 / 30), addressesPerCarrierNetwork: 16, shops: part(1 / 20), homeNetworks: part(1 / 3) };
}

export const numberAt = (random: () => number): string => `+861${3 + Math.floor(random() * 7)}${String(Math.floor(random() * 1e9)).padStart(9, '0')}`;

export function createPeople(city: City, random: () => number) {
  const seen: string[] = [];
  let unseen = 0;
  let invites = 0;
  let devices = 0;
  const pick = (count: number) => Math.floor(random() * count);
  // A few gateways carry most phones: Zipf's law with exponent 1, by inversion.
  const zipf = (count: number) => Math.min(count - 1, Math.floor(Math.exp(random() * Math.log(count + 1))) - 1);
  const addressOf = (): string => {
    const place = random();
    if (place < shares.carrier) return addressIn('10', zipf(city.carrierNetworks), pick(city.addressesPerCarrierNetwork));
    if (place < shares.carrier + shares.shop) return addressIn('11', pick(city.shops), 1);
    if (place < shares.carrier + shares.shop + shares.home) return addressIn('12', pick(city.homeNetworks), pick(250));
    return random() < shares.unseenOfKnownProvider ? addressIn('12', city.homeNetworks + unseen++, 1) : `${13 + pick(80)}.${pick(256)}.${pick(256)}.1`;
  };
  return {
    invited: (asker: Asker): Asker => ({ ...asker, inviteId: `i${invites++}` }),
    isInShop: () => random() < shares.inShop,
    next: (): Asker => {
      const asker = { phone: numberAt(random), country: 'CN', address: addressOf() };
      if (random() < shares.invited) return { ...asker, inviteId: `i${invites++}` };
      const known = random() < shares.returning ? seen[pick(seen.length)] : undefined;
      return { ...asker, deviceId: known ?? `d${devices++}` };
    },
    typedIn: (asker: Asker) => {
      if (asker.deviceId !== undefined && seen.length < 100_000) seen.push(asker.deviceId);
    },
  };
}

export const addressIn = (block: string, network: number, host: number): string => `${block}.${network >> 8}.${network & 255}.${host}`;

/** Arrivals of a day: quiet at night, most at noon and in the evening; milliseconds from midnight, in order. */
export function arrivals(count: number, random: () => number): number[] {
  const hourWeights = [1, 1, 1, 1, 1, 2, 4, 8, 10, 10, 11, 14, 14, 11, 9, 9, 10, 13, 15, 14, 12, 9, 5, 2];
  const total = hourWeights.reduce((sum, weight) => sum + weight, 0);
  const hourOf = (): number => {
    let left = random() * total;
    for (const [hour, weight] of hourWeights.entries()) if ((left -= weight) < 0) return hour;
    return 23;
  };
  return Array.from({ length: count }, () => (hourOf() + random()) * 3_600_000).sort((a, b) => a - b);
}
