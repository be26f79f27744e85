// What a guardian agrees to, in the words the server keeps, each with its own tick; then the proof that it is the guardian.
import { guardianSubject } from '@sonrisa/protocol/children-api.ts';
import type { OwnerProof } from '@sonrisa/protocol/owner-proof.ts';
import type { ConsentText } from '@sonrisa/protocol/phone-api.ts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { codeOf } from '../../api.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Fetched } from '../../ui/Fetched.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { ConsentPart } from '../ConsentPart.tsx';
import { ProveOwner } from '../own/ProveOwner.tsx';
import { useProving } from '../own/use-proving.ts';
import { usePhone } from '../phone-context.ts';

export type Agreed = { consent: { version: string; locale: 'zh' | 'en'; agreedToService: boolean; agreedToFace: boolean }; proof: OwnerProof };
type Who = { guardianId: string; name: string; bornOn: string; passkeyIds: readonly string[] };

/** `who` null: not filled in yet. `onAgreed` throws what the server refuses with. */
export function GuardianConsent(props: { who: Who | null; button: string; onAgreed: (agreed: Agreed) => Promise<void> }) {
  const { model, tools } = usePhone();
  const { language } = useLanguage();
  const text = useQuery({ queryKey: ['guardian-consent', language], queryFn: () => tools.children.consent(model.session ?? '', language) });
  return <Fetched query={text}>{(read) => <Agree key={read.sha256} {...props} text={read} onOutdated={() => void text.refetch()} />}</Fetched>;
}

function Agree(props: { who: Who | null; button: string; onAgreed: (agreed: Agreed) => Promise<void>; text: ConsentText; onOutdated: () => void }) {
  const { t } = useTranslation('children');
  const { who, text } = props;
  const [agreed, setAgreed] = useState({ service: false, face: false });
  const [asking, setAsking] = useState(false);
  const { busy, problem, round, prove } = useProving(
    (proof) => props.onAgreed({ consent: { version: text.version, locale: text.locale, agreedToService: agreed.service, agreedToFace: agreed.face }, proof }),
    (error) => codeOf(error) === 'consent_version_old' && props.onOutdated(),
  );
  return (
    <>
      <h2 className="text-lg font-extrabold">{text.title}</h2>
      <ConsentPart testId="guardian-service" part={text.service} checked={agreed.service} onChange={(service) => setAgreed({ ...agreed, service })} />
      <ConsentPart testId="guardian-face" part={text.face} checked={agreed.face} onChange={(face) => setAgreed({ ...agreed, face })} />
      <Button look="primary" size="large" wide testId="guardian-agree" disabled={who === null || !agreed.service || !agreed.face} onClick={() => setAsking(true)}>
        {props.button}
      </Button>
      {asking && who ? (
        <Dialog title={t('proveTitle', { name: who.name })} testId="guardian-proof" onClose={() => setAsking(false)}>
          {problem ? <Problem code={problem} /> : null}
          <ProveOwner
            act={{ act: 'guardian_consent', payerId: who.guardianId, subject: guardianSubject({ name: who.name, bornOn: who.bornOn, textSha256: text.sha256 }) }}
            passkeyIds={who.passkeyIds}
            busy={busy}
            round={round}
            onProof={(make) => void prove(make)}
          />
        </Dialog>
      ) : null}
    </>
  );
}
