// The draft on the page: kept in the browser at every change, with a way back from each.
import { useCallback, useEffect, useState } from 'react';
import { isChanged, type Draft } from './draft.ts';
import { keepDraft } from './keep.ts';

export type Change = 'field' | 'add' | 'remove' | 'move' | 'switch' | 'start';
type Held = { draft: Draft; past: { draft: Draft; what: Change }[]; typing: string | null };

/** Changes one can go back. */
const pastMax = 100;

export type DraftTools = {
  draft: Draft;
  isKept: boolean;
  /** The last change; null: there is none to undo. */
  last: Change | null;
  /** `typing`: the field that is typed into; its letters are one change. */
  change: (what: Change, make: (draft: Draft) => Draft, typing?: string) => void;
  /** Not undone: it is no rule. */
  setNote: (note: string) => void;
  undo: () => void;
};

export function useDraft(begin: Draft, storage: Storage): DraftTools {
  const [{ draft, past }, setHeld] = useState<Held>({ draft: begin, past: [], typing: null });
  const [isKept, setIsKept] = useState(true);
  useEffect(() => setIsKept(keepDraft(storage, isChanged(draft) ? draft : null)), [draft, storage]);
  const change = useCallback<DraftTools['change']>(
    (what, make, typing) =>
      setHeld((held) => {
        const goesOn = typing !== undefined && typing === held.typing;
        return { draft: make(held.draft), past: goesOn ? held.past : [...held.past.slice(-pastMax + 1), { draft: held.draft, what }], typing: typing ?? null };
      }),
    [],
  );
  const setNote = useCallback((note: string) => setHeld((held) => ({ ...held, draft: { ...held.draft, note } })), []);
  const undo = useCallback(() => setHeld((held) => ({ draft: held.past.at(-1)?.draft ?? held.draft, past: held.past.slice(0, -1), typing: null })), []);
  return { draft, isKept, last: past.at(-1)?.what ?? null, change, setNote, undo };
}
