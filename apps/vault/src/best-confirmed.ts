// The best people for a probe, each confirmed against its database row.
import type { Embedding } from '@sonrisa/face/embed.ts';
import type { Confirm, Confirmed } from './confirm.ts';
import type { Gallery } from './gallery.ts';

// Two would do; more stand ready for hits whose row has gone, and because the memory's scores are only nearly right: the
// rows are opened in any case, and there the true ones cost nothing more.
const hitsConfirmedMax = 5;

/** Best first. `among`: only these payers. */
export async function bestConfirmed(
  deps: { readonly gallery: Gallery; readonly confirm: Confirm },
  input: { readonly probe: Embedding; readonly among?: ReadonlySet<string> },
): Promise<Confirmed[]> {
  const hits = await deps.gallery.search(input.probe, hitsConfirmedMax, input.among);
  return hits.length === 0 ? [] : deps.confirm(input.probe, hits.map((hit) => hit.ref));
}
