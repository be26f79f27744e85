// Who asks for messages they should not: one request after another, evenly over the day. Attackers read everything we publish,
// have as many phones, browsers and tokens as they like, and only as many addresses as said.
import { addressIn, numberAt, type Asker, type City } from './people.ts';

export type Attack = {
  readonly name: string;
  readonly what: string;
  /** Types codes in: they hold the numbers. */
  readonly typesIn: boolean;
  /** Guesses three times at each code. */
  readonly guesses: boolean;
  asker(index: number): Asker;
};

export type AttackWorld = { readonly city: City; readonly random: () => number; readonly requests: number };

export const attacks: readonly ((world: AttackWorld) => Attack)[] = [
  ({ random }) => {
    const pool = poolOf({ addresses: 100_000, networks: 20_000 });
    return { name: 'one number', what: 'one number, from 100,000 addresses', typesIn: false, guesses: false, asker: () => ({ phone: '+8613800138000', country: 'CN', address: pool(random) }) };
  },
  ({ random }) => ({ name: 'one address', what: 'any number, from one address', typesIn: false, guesses: false, asker: () => ({ phone: numberAt(random), country: 'CN', address: '203.0.113.7' }) }),
  ({ random }) => {
    const pool = poolOf({ addresses: 10_000, networks: 4_000 });
    const asker = (index: number) => ({ phone: `+3712${String(index % 10_000_000).padStart(7, '0')}`, country: 'LV', address: pool(random) });
    return { name: 'premium sweep', what: 'number after number of a dear country, from 10,000 addresses', typesIn: false, guesses: false, asker };
  },
  ({ random }) => {
    const pool = poolOf({ addresses: 10_000, networks: 4_000 });
    const asker = (index: number) => ({ phone: `+86171${String(index % 20).padStart(4, '0')}${String(Math.floor(index / 20) % 10_000).padStart(4, '0')}`, country: 'CN', address: pool(random) });
    return { name: 'bought numbers', what: '20 ranges of 10,000 numbers of their own, codes typed in, from 10,000 addresses', typesIn: true, guesses: false, asker };
  },
  (world) => pooled({ world, name: 'pool', addresses: 10_000, networks: 5_000, besideHonest: 0.01 }),
  (world) => pooled({ world, name: 'local pool', addresses: 10_000, networks: 5_000, besideHonest: 0.05 }),
  (world) => pooled({ world, name: 'large pool', addresses: 200_000, networks: 60_000, besideHonest: 0.01 }),
  ({ random }) => {
    const pool = poolOf({ addresses: 100_000, networks: 20_000 });
    const victims = Array.from({ length: 1_000 }, () => numberAt(random));
    return { name: 'code guessing', what: 'codes of 1,000 numbers asked for and guessed at, from 100,000 addresses', typesIn: false, guesses: true, asker: (index) => ({ phone: victims[index % victims.length] ?? '', country: 'CN', address: pool(random) }) };
  },
];

type Pool = { name: string; addresses: number; networks: number; /** This share of its addresses is in networks of honest people. */ besideHonest: number };

function pooled({ world: { city, random }, name, addresses, networks, besideHonest }: Pool & { world: AttackWorld }): Attack {
  const pool = poolOf({ addresses, networks });
  const beside = Math.round(addresses * besideHonest);
  const asker = () => {
    const at = Math.floor(random() * addresses);
    const address = at < beside ? honestNeighbour(city, at) : pool(random);
    return { phone: numberAt(random), country: 'CN', address };
  };
  return { name, what: `any number, from ${addresses.toLocaleString('en')} addresses in ${networks.toLocaleString('en')} networks, ${besideHonest * 100} % of them among honest people's`, typesIn: false, guesses: false, asker };
}

// Every other one behind a carrier's gateway, the others in homes.
function honestNeighbour(city: City, at: number): string {
  return at % 2 === 0 ? addressIn('10', at % city.carrierNetworks, at % city.addressesPerCarrierNetwork) : addressIn('12', at % city.homeNetworks, 251);
}

function poolOf({ addresses, networks }: Pick<Pool, 'addresses' | 'networks'>): (random: () => number) => string {
  return (random) => {
    const at = Math.floor(random() * addresses);
    const network = at % networks;
    return `${100 + (network >> 16)}.${(network >> 8) & 255}.${network & 255}.${Math.floor(at / networks) % 250}`;
  };
}
