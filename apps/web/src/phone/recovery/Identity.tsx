// "Prove who I am": a reference for staff, or the document's data for an identity provider. Either takes the PIN or a passkey.
import type { RaiseProof } from '@sonrisa/protocol/limits-api.ts';
import type { Account } from '@sonrisa/protocol/recovery-api.ts';
import { IdCard } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { useDay } from '../../i18n/use-day.ts';
import { usePhone } from '../phone-context.ts';
import { ProvePanel } from './ProvePanel.tsx';
import { useWork } from './use-account.ts';

type Typed = { name: string; bornOn: string; documentNumber: string };
type Stage = { at: 'choose' } | { at: 'typing' } | { at: 'proving'; typed: Typed | null | 'visit' } | { at: 'reference'; reference: string; expiresAtMs: number };

export function Identity({ account, onClose }: { account: Account; onClose: () => void }) {
  const { t } = useTranslation('recovery');
  const { model, tools } = usePhone();
  const day = useDay();
  const { busy, round, problem, run, show } = useWork();
  const [stage, setStage] = useState<Stage>({ at: 'choose' });
  const session = model.session ?? '';
  const provider = account.identityProvider;
  const prove = (typed: Typed | null | 'visit') => (proof: () => Promise<RaiseProof>): void => {
    if (typed === null) run(async () => tools.recovery.reference(session, await proof()), (asked) => setStage({ at: 'reference', ...asked }));
    else if (typed === 'visit') run(async () => tools.recovery.beginIdentity(session, await proof()), ({ url }) => location.assign(url));
    else run(async () => tools.recovery.checkIdentity(session, { proof: await proof(), ...typed }), (next) => (show(next), onClose()));
  };
  return (
    <Dialog title={t('proveIdentity')} testId="identity-dialog" onClose={onClose}>
      {problem ? <Problem code={problem} /> : null}
      {stage.at === 'choose' ? (
        <>
          <p className="text-soft">{t('identityText')}</p>
          <Button wide testId="identity-staff" onClick={() => setStage({ at: 'proving', typed: null })}>
            <IdCard aria-hidden="true" /> {t('identityStaff')}
          </Button>
          {provider ? (
            <Button wide testId="identity-online" onClick={() => setStage(provider.asks === 'visit' ? { at: 'proving', typed: 'visit' } : { at: 'typing' })}>
              {provider.isSandbox ? t('identityOnlineSandbox') : t('identityOnline', { name: provider.name })}
            </Button>
          ) : null}
        </>
      ) : null}
      {stage.at === 'typing' ? <DocumentForm name={account.name} isSandbox={provider?.isSandbox ?? false} onTyped={(typed) => setStage({ at: 'proving', typed })} /> : null}
      {stage.at === 'proving' ? <ProvePanel account={account} purpose={stage.typed === null ? 'identity' : 'identity_check'} busy={busy} round={round} onProof={prove(stage.typed)} /> : null}
      {stage.at === 'reference' ? (
        <>
          <p>{t('identityReference')}</p>
          <p data-testid="reference" className="text-5xl font-extrabold tabular-nums tracking-wider text-center">{stage.reference}</p>
          <p className="text-soft text-center">{t('waitUntil', { at: day(stage.expiresAtMs) })}</p>
        </>
      ) : null}
    </Dialog>
  );
}

function DocumentForm(props: { name: string; isSandbox: boolean; onTyped: (typed: Typed) => void }) {
  const { t } = useTranslation('recovery');
  const [name, setName] = useState(props.name);
  const [bornOn, setBornOn] = useState('');
  const [documentNumber, setDocumentNumber] = useState('');
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        props.onTyped({ name: name.trim(), bornOn, documentNumber: documentNumber.trim() });
      }}
    >
      {props.isSandbox ? <p role="note" className="rounded-2xl bg-glow px-4 py-3">{t('identitySandbox')}</p> : null}
      <TextField label={t('identityName')} note={t('identityNameNote')} testId="document-name" autoComplete="name" value={name} onChange={setName} maxLength={40} />
      <TextField label={t('identityBorn')} note={t('identityBornNote')} testId="document-born" type="date" autoComplete="bday" value={bornOn} onChange={setBornOn} />
      <TextField label={t('identityNumber')} note={t('identityNumberNote')} testId="document-number" autoComplete="off" value={documentNumber} onChange={setDocumentNumber} maxLength={40} />
      <Button type="submit" look="primary" wide testId="document-check" disabled={name.trim() === '' || bornOn === '' || documentNumber.trim() === ''}>
        {t('ui:continue')}
      </Button>
    </form>
  );
}
