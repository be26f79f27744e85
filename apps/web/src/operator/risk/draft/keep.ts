// The draft in the browser's own storage: it is there after a reload, and tomorrow. Storage may be refused or full; the draft then lasts
// as long as the page.
import { draftSchema, type Draft } from './draft.ts';

const storageKey = 'sonrisa.operator.rules-draft';

export function readDraft(storage: Storage): Draft | null {
  try {
    const kept = storage.getItem(storageKey);
    const parsed = kept === null ? null : draftSchema.safeParse(JSON.parse(kept));
    return parsed?.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** False: it could not be kept. */
export function keepDraft(storage: Storage, draft: Draft | null): boolean {
  try {
    if (draft === null) storage.removeItem(storageKey);
    else storage.setItem(storageKey, JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}
