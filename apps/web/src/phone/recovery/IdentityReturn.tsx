// Back from an identity provider: its answer is handed on once, the address forgets it, and what became of it is said.
import type { FinishIdentity } from '@sonrisa/protocol/recovery-api.ts';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { codeOf } from '../../api.ts';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { usePhone } from '../phone-context.ts';
import { identityAnswerIn } from './identity-answer.ts';

type Stage = { at: 'asking' } | { at: 'attested' } | { at: 'failed'; code: SentenceCode } | { at: 'over' };

export function IdentityReturn() {
  const { model } = usePhone();
  const [answer] = useState(() => identityAnswerIn(location.search));
  return answer === null || model.session === null ? null : <Returned answer={answer} session={model.session} />;
}

function Returned({ answer, session }: { answer: FinishIdentity; session: string }) {
  const { t } = useTranslation('recovery');
  const { tools } = usePhone();
  const [stage, setStage] = useState<Stage>({ at: 'asking' });
  const asked = useRef(false);
  useEffect(() => {
    // It is good once.
    if (asked.current) return;
    asked.current = true;
    history.replaceState(null, '', location.pathname + location.hash);
    tools.recovery.finishIdentity(session, answer).then(
      () => setStage({ at: 'attested' }),
      (error: unknown) => setStage({ at: 'failed', code: codeOf(error) }),
    );
  }, [answer, session, tools]);
  if (stage.at === 'over') return null;
  const close = (): void => setStage({ at: 'over' });
  return (
    <Dialog title={t('proveIdentity')} testId="identity-return" onClose={close}>
      <div role="status" data-testid="identity-outcome" data-outcome={stage.at}>
        {stage.at === 'asking' ? <p>{t('ui:loading')}</p> : null}
        {stage.at === 'attested' ? <p>{t('event_identity_attested')}</p> : null}
        {stage.at === 'failed' ? <Problem code={stage.code} /> : null}
      </div>
      <Button wide testId="identity-return-close" disabled={stage.at === 'asking'} onClick={close}>
        {t('ui:continue')}
      </Button>
    </Dialog>
  );
}
