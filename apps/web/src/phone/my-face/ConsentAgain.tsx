// Agreeing to face payment again after the face was erased: the words, a tick, and proof that it is the owner. A look follows.
import type { ConsentText } from '@sonrisa/protocol/phone-api.ts';
import type { OwnerProof } from '@sonrisa/protocol/owner-proof.ts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ScanFace } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { codeOf } from '../../api.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Fetched } from '../../ui/Fetched.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { BackToWallet } from '../Back.tsx';
import { ConsentPart } from '../ConsentPart.tsx';
import { ProveOwner } from '../own/ProveOwner.tsx';
import { useProving } from '../own/use-proving.ts';
import { usePhone } from '../phone-context.ts';
import { useMe } from '../use-me.ts';

export function ConsentAgain() {
  const { t } = useTranslation('myFace');
  const { tools } = usePhone();
  const { language } = useLanguage();
  const text = useQuery({ queryKey: ['consent', language], queryFn: () => tools.client.consent(language) });
  return (
    <div className="flex-1 flex flex-col gap-4 px-5 py-4">
      <BackToWallet />
      <h1 className="text-2xl font-extrabold">{t('againTitle')}</h1>
      <p className="text-soft">{t('againText')}</p>
      <Fetched query={text}>{(read) => <Agree key={read.sha256} text={read} onOutdated={() => void text.refetch()} />}</Fetched>
    </div>
  );
}

function Agree({ text, onOutdated }: { text: ConsentText; onOutdated: () => void }) {
  const { t } = useTranslation('myFace');
  const me = useMe();
  const [agreed, setAgreed] = useState(false);
  const [asking, setAsking] = useState(false);
  const { busy, problem, round, prove } = useAgree(text, onOutdated);
  const { model, tools } = usePhone();
  const session = model.session ?? '';
  const passkeys = useQuery({ queryKey: ['passkeys', session], queryFn: () => tools.own.passkeys(session) });
  const payerId = me.data?.payerId;
  return (
    <>
      <ConsentPart testId="consent-face" part={text.face} checked={agreed} onChange={setAgreed} />
      <Button look="primary" size="large" wide testId="agree-again" disabled={!agreed || payerId === undefined || !passkeys.data} onClick={() => setAsking(true)}>
        <ScanFace aria-hidden="true" /> {t('againAgree')}
      </Button>
      {asking && payerId !== undefined ? (
        <Dialog title={t('againTitle')} testId="agree-again-proof" onClose={() => setAsking(false)}>
          {problem ? <Problem code={problem} /> : null}
          <ProveOwner
            act={{ act: 'face_consent', payerId, subject: text.sha256 }}
            passkeyIds={(passkeys.data?.passkeys ?? []).map(({ id }) => id)}
            busy={busy}
            round={round}
            onProof={(make) => void prove(make)}
          />
        </Dialog>
      ) : null}
    </>
  );
}

function useAgree({ version, locale }: ConsentText, onOutdated: () => void) {
  const { model, send, tools } = usePhone();
  const queries = useQueryClient();
  const agree = async (proof: OwnerProof): Promise<void> => {
    await tools.client.consentAgain(model.session ?? '', { version, locale, agreedToFace: true, proof });
    await queries.invalidateQueries({ queryKey: ['my-face'] });
    send({ type: 'agreed_again' });
  };
  return useProving(agree, (error) => codeOf(error) === 'consent_version_old' && onOutdated());
}
