// Where the focus goes when what had it is no more, or something came that is to be filled in.
import { useEffect, useState } from 'react';

/** Focus goes there once the page has changed. */
export function useFocus(within: { current: HTMLElement | null }): (selector: string) => void {
  const [wanted, setWanted] = useState<{ selector: string } | null>(null);
  useEffect(() => {
    if (wanted) within.current?.querySelector<HTMLElement>(wanted.selector)?.focus();
  }, [wanted, within]);
  return (selector) => setWanted({ selector });
}
