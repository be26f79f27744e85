// When nobody touches the till it asks, waits a little, then forgets everything.
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { useKiosk } from './kiosk-context.ts';
import { isSale, isSettling } from './machine.ts';
import type { StateName } from './state.ts';

export const askAfterMs = 60_000;
/** Somebody who enrols on their phone meanwhile touches nothing here for a while. */
export const askAfterInviteMs = 8 * 60_000;
/** Whoever looks for their phone, or waits for its message, touches nothing here either; the wait ends by itself before. */
export const askAfterPhoneMs = 4 * 60_000;
const waitsForPhone: ReadonlySet<StateName> = new Set<StateName>(['phone_wait', 'sms_code']);
export const answerWithinS = 15;

export function StillThere() {
  const { t } = useTranslation('kiosk');
  const { model, send } = useKiosk();
  const { state } = model;
  const watched = isSale(state) && !isSettling(state) && state.name !== 'paid';
  const { secondsLeft, stay } = useQuiet({ watched, askAfterMs: state.name === 'first_time' ? askAfterInviteMs : waitsForPhone.has(state.name) ? askAfterPhoneMs : askAfterMs, stateName: state.name });
  useEffect(() => {
    if (secondsLeft === 0) send({ type: 'leave' });
  }, [secondsLeft, send]);
  if (!watched || secondsLeft === null) return null;
  return (
    <Dialog title={t('stillThere')} testId="still-there" onClose={stay}>
      <p role="timer">{t('stillThereText', { n: secondsLeft })}</p>
      <Button look="primary" size="large" testId="stay" onClick={stay}>
        {t('stay')}
      </Button>
    </Dialog>
  );
}

function useQuiet(input: { watched: boolean; askAfterMs: number; stateName: string }): { secondsLeft: number | null; stay: () => void } {
  const { watched, askAfterMs: limitMs, stateName } = input;
  const [secondsLeft, setSecondsLeft] = useState<number | null>(null);
  const quietS = useRef(0);
  const stay = useRef(() => {
    quietS.current = 0;
    setSecondsLeft(null);
  }).current;
  useEffect(stay, [stay, stateName]);
  useEffect(() => {
    if (!watched) return;
    const timer = setInterval(() => {
      quietS.current += 1;
      const overS = quietS.current - limitMs / 1000;
      if (overS >= 0) setSecondsLeft(Math.max(0, answerWithinS - overS));
    }, 1000);
    const events = ['pointerdown', 'keydown'] as const;
    for (const name of events) window.addEventListener(name, stay);
    return () => {
      clearInterval(timer);
      for (const name of events) window.removeEventListener(name, stay);
    };
  }, [watched, limitMs, stay]);
  return { secondsLeft, stay };
}
