// Seals the burst for the pinned vault key, sends it, and waits for the answer: under a second, with a ring that closes.
import type { LookTicket } from '@sonrisa/protocol/capture.ts';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Recording } from '../../camera/burst.ts';
import { sealLook } from '../../camera/seal-look.ts';
import { Mark } from '../../ui/Brand.tsx';
import { Ring } from '../../ui/Ring.tsx';
import { useEntry, useInstalled, useKiosk } from '../kiosk-context.ts';
import { Screen } from '../Screen.tsx';

export function Matching(props: { ticket: LookTicket; recording: Recording }) {
  const { t } = useTranslation('kiosk');
  const { model, send, tools } = useKiosk();
  const { profile, token } = useInstalled();
  const share = useClosingRing();
  useEntry(async () => {
    const paymentId = model.payment?.id ?? '';
    const { nonce } = props.ticket;
    const sealed = await sealLook({
      recording: props.recording,
      nonce,
      purpose: 'payment',
      subjectId: paymentId,
      signer: await tools.signer(),
      vaultKey: profile.vaultKey,
    });
    const { outcome, payment } = await tools.client.sendCapture(token, { paymentId, nonce, sealed });
    send({ type: 'payment_read', payment, outcome });
  });
  return (
    <Screen
      title={<span role="status">{t('matching')}</span>}
      picture={
        <span className="relative size-56 flex items-center justify-center">
          <Ring share={share} />
          <Mark className="size-28" />
        </span>
      }
    >
      {null}
    </Screen>
  );
}

/** Closes quickly at first and never quite, until the answer takes the screen away. */
function useClosingRing(): number {
  const [share, setShare] = useState(0.3);
  useEffect(() => {
    const timer = setInterval(() => setShare((before) => before + (1 - before) * 0.25), 150);
    return () => clearInterval(timer);
  }, []);
  return share;
}
