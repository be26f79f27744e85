// Who lies in which slot of which shard: hands out slots, takes them back, and counts. Knows no templates.

export interface Place {
  readonly shard: number;
  readonly slot: number;
}

export interface Roster {
  /** Throws when `count` templates in exchange for those of `ref` would not fit. */
  checkRoom(ref: string, count: number): void;
  /** Gives a person who has no places an owner number and `count` places, for the caller to fill. */
  add(ref: string, count: number): { readonly owner: number; readonly places: Place[] };
  /** Takes the person's places back, for the caller to empty. */
  remove(ref: string): Place[];
  has(ref: string): boolean;
  refAt(place: Place): string | undefined;
  refs(): Iterable<string>;
  /** Slots of these people, by shard. */
  slotsOf(refs: Iterable<string>): number[][];
  readonly peopleCount: number;
  readonly templateCount: number;
}

/** A Map holds no more keys than this in V8 (2^24), with room to spare. */
export const peopleMax = 16_000_000;
const ownersMax = 0xffffffff;

export function createRoster(options: { readonly shardCount: number; readonly slotsPerShardMax: number; readonly slotsMax: number }): Roster {
  const { shardCount, slotsPerShardMax } = options;
  const slotsMax = Math.min(options.slotsMax, slotsPerShardMax * shardCount);
  const slots = createSlots(shardCount);
  // A place as one number; most people have one template, and a list for each would cost more than the map itself.
  const placesByRef = new Map<string, number | number[]>();
  let lastOwner = 0;

  const pack = ({ shard, slot }: Place): number => slot * shardCount + shard;
  const unpack = (packed: number): Place => ({ shard: packed % shardCount, slot: Math.floor(packed / shardCount) });
  const placesOf = (ref: string): Place[] => {
    const packed = placesByRef.get(ref);
    return packed === undefined ? [] : typeof packed === 'number' ? [unpack(packed)] : packed.map(unpack);
  };

  function remove(ref: string): Place[] {
    const places = placesOf(ref);
    places.forEach(slots.release);
    placesByRef.delete(ref);
    return places;
  }

  // The emptiest shard always has room while the sum has.
  function checkRoom(ref: string, count: number): void {
    if (slots.liveCount() - placesOf(ref).length + count > slotsMax) throw new Error(`the index is full: it holds ${slots.liveCount()} of ${slotsMax} templates`);
    if (placesByRef.size >= peopleMax && !placesByRef.has(ref)) throw new Error(`the index is full: it holds ${peopleMax} people`);
    if (lastOwner >= ownersMax) throw new Error('owner numbers are used up: load the index afresh');
  }

  function add(ref: string, count: number): { owner: number; places: Place[] } {
    checkRoom(ref, count);
    const places = Array.from({ length: count }, () => slots.take(ref));
    const packed = places.map(pack);
    if (count > 0) placesByRef.set(ref, count === 1 ? packed[0] : packed);
    // Never used twice: a hit found before an erasure cannot turn into whoever got the slot afterwards.
    return { owner: ++lastOwner, places };
  }

  function slotsOf(wanted: Iterable<string>): number[][] {
    const byShard: number[][] = Array.from({ length: shardCount }, () => []);
    for (const ref of wanted) for (const { shard, slot } of placesOf(ref)) byShard[shard].push(slot);
    return byShard;
  }

  return {
    checkRoom,
    add,
    remove,
    has: (ref) => placesByRef.has(ref),
    refAt: slots.refAt,
    refs: () => placesByRef.keys(),
    slotsOf,
    get peopleCount() {
      return placesByRef.size;
    },
    get templateCount() {
      return slots.liveCount();
    },
  };
}

interface Slots {
  /** The emptiest shard's next or a freed slot. */
  take(ref: string): Place;
  release(place: Place): void;
  refAt(place: Place): string | undefined;
  liveCount(): number;
}

function createSlots(shardCount: number): Slots {
  const refs: (string | undefined)[][] = Array.from({ length: shardCount }, () => []);
  const free: number[][] = Array.from({ length: shardCount }, () => []);
  const liveIn = (shard: number): number => refs[shard].length - free[shard].length;
  let live = 0;
  return {
    take(ref) {
      let shard = 0;
      for (let other = 1; other < shardCount; other++) if (liveIn(other) < liveIn(shard)) shard = other;
      const slot = free[shard].pop() ?? refs[shard].length;
      refs[shard][slot] = ref;
      live++;
      return { shard, slot };
    },
    release({ shard, slot }) {
      refs[shard][slot] = undefined;
      free[shard].push(slot);
      live--;
    },
    refAt: ({ shard, slot }) => refs[shard][slot],
    liveCount: () => live,
  };
}
