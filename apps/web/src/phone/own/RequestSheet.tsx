// A till waits for this phone: who, where, how much; yes by passkey or PIN, no, or "that is not me". Over everything else.
import type { PhoneRequest } from '@sonrisa/protocol/phone-request-api.ts';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { usePhone } from '../phone-context.ts';
import { Asked } from './Asked.tsx';
import { Outcome, type OutcomeName } from './Outcome.tsx';
import { useRequests } from './use-requests.ts';

export function RequestSheet() {
  const { model } = usePhone();
  const queries = useQueryClient();
  const { data } = useRequests();
  const [shown, setShown] = useState<PhoneRequest | null>(null);
  const [outcome, setOutcome] = useState<OutcomeName | null>(null);
  const [busy, setBusy] = useState(false);
  const waits = data?.requests;
  useEffect(() => {
    if (!waits) return;
    if (!shown) return setShown(waits[0] ?? null);
    const isOver = outcome === null && !busy && !waits.some(({ id }) => id === shown.id);
    if (isOver) setOutcome('over');
  }, [waits, shown, outcome, busy]);
  if (!model.session || !shown || !data) return null;
  const finish = (name: OutcomeName): void => {
    setBusy(false);
    setOutcome(name);
    void queries.invalidateQueries();
  };
  const close = (): void => {
    setShown(null);
    setOutcome(null);
  };
  return (
    <section data-testid="phone-request" data-outcome={outcome ?? 'asked'} role="dialog" aria-modal="true" aria-labelledby="phone-request-title" className="fixed inset-0 z-20 overflow-y-auto bg-paper">
      <div className="min-h-full max-w-lg mx-auto flex flex-col px-6 py-6 gap-5">
        {outcome === null ? (
          <Asked key={shown.id} request={shown} answers={data} busy={busy} onBusy={setBusy} onDone={finish} />
        ) : (
          <Outcome request={shown} name={outcome} onClose={close} />
        )}
      </div>
    </section>
  );
}
