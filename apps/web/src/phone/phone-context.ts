// What every state of the phone can reach.
import type { CaptureSigner } from '@sonrisa/protocol/burst.ts';
import { createContext, useContext, useEffect, useRef } from 'react';
import { ApiError, codeOf } from '../api.ts';
import type { ChildrenClient } from './children/children-client.ts';
import type { OwnPhoneClient } from './own-phone-client.ts';
import type { RecoveryClient } from './recovery/recovery-client.ts';
import type { PhoneClient } from './phone-client.ts';
import type { PhoneEvent, PhoneModel } from './state.ts';

export type PhoneTools = {
  client: PhoneClient;
  own: OwnPhoneClient;
  children: ChildrenClient;
  recovery: RecoveryClient;
  signer: () => Promise<CaptureSigner>;
  newKey: () => string;
  now: () => number;
  storage: Storage;
};
export type Phone = { model: PhoneModel; send: (event: PhoneEvent) => void; tools: PhoneTools };

export const PhoneContext = createContext<Phone | null>(null);

export function usePhone(): Phone {
  const phone = useContext(PhoneContext);
  if (!phone) throw new Error('a state of the phone was rendered outside it');
  return phone;
}

/** Id and token of the enrolment under way. */
export function useWho(): { id: string; token: string } {
  const { enrolment } = usePhone().model;
  return { id: enrolment?.view.id ?? '', token: enrolment?.token ?? '' };
}

/** Runs a state's own request once, when the state is entered. */
export function useEntry(run: () => Promise<void>): void {
  const { send } = usePhone();
  const latest = useRef(run);
  useEffect(() => {
    latest.current().catch((error: unknown) => send(failedEvent(error)));
  }, [send]);
}

export function failedEvent(error: unknown): PhoneEvent {
  const triesLeft = error instanceof ApiError ? error.facts['triesLeft'] : undefined;
  return { type: 'failed', code: codeOf(error), triesLeft: typeof triesLeft === 'number' ? triesLeft : null };
}
