// What every state of the till can reach: the model, a way to send events, and the tools for its requests.
import type { CaptureSigner } from '@sonrisa/protocol/burst.ts';
import { createContext, useContext, useEffect, useRef } from 'react';
import { ApiError, codeOf } from '../api.ts';
import type { Installed, KioskEvent, KioskModel } from './state.ts';
import type { TerminalClient } from './terminal-client.ts';

export type KioskTools = {
  client: TerminalClient;
  signer: () => Promise<CaptureSigner>;
  newKey: () => string;
  now: () => number;
  storage: Storage;
  pause: (ms: number) => Promise<void>;
};
export type Kiosk = { model: KioskModel; send: (event: KioskEvent) => void; tools: KioskTools };

export const KioskContext = createContext<Kiosk | null>(null);

export function useKiosk(): Kiosk {
  const kiosk = useContext(KioskContext);
  if (!kiosk) throw new Error('a state of the till was rendered outside it');
  return kiosk;
}

export function useInstalled(): Installed {
  const { installed } = useKiosk().model;
  if (!installed) throw new Error('this state needs an activated till');
  return installed;
}

/** Runs a state's own request once, when the state is entered; whatever it throws becomes a `failed` event. */
export function useEntry(run: (stillHere: () => boolean) => Promise<void>): void {
  const { send } = useKiosk();
  const latest = useRef(run);
  useEffect(() => {
    let here = true;
    latest.current(() => here).catch((error: unknown) => {
      if (here) send(failedEvent(error));
    });
    return () => {
      here = false;
    };
  }, [send]);
}

export function failedEvent(error: unknown): KioskEvent {
  const triesLeft = error instanceof ApiError ? error.facts['triesLeft'] : undefined;
  return { type: 'failed', code: codeOf(error), triesLeft: typeof triesLeft === 'number' ? triesLeft : null };
}
