// Network, server or vault lost before anything was charged. The basket is kept, and the till tries again by itself.
import { WifiOff } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import { Button } from '../../ui/Button.tsx';
import { useKiosk, type Kiosk } from '../kiosk-context.ts';
import { Screen, Spot } from '../Screen.tsx';
import { SmallCode } from './Retake.tsx';

const retryEveryMs = 5_000;

export function Interrupted(props: { code: SentenceCode; then: 'starting' | 'opening' }) {
  const { t } = useTranslation(['kiosk', 'ui']);
  const { send } = useKiosk();
  useReturn(props);
  const vault = props.code === 'vault_unavailable';
  return (
    <Screen
      picture={<Spot tone="warn"><WifiOff aria-hidden="true" className="size-12" /></Spot>}
      title={<span role="alert">{t(vault ? 'interruptedVault' : 'interruptedTitle')}</span>}
      text={t(props.then === 'starting' ? 'interruptedStart' : vault ? 'interruptedVaultText' : 'interruptedText')}
      actions={
        <>
          <Button look="primary" size="large" wide testId="try-again" onClick={() => send({ type: 'retry' })}>
            {t('ui:tryAgain')}
          </Button>
          {props.then === 'starting' ? null : (
            <Button wide testId="other-way-here" onClick={() => send({ type: 'other_way' })}>
              {t('otherWay')}
            </Button>
          )}
        </>
      }
    >
      <SmallCode code={props.code} />
    </Screen>
  );
}

/** Asks until the server answers, then goes back to the tap before the camera: a camera never opens by itself. */
function useReturn(props: { code: SentenceCode; then: 'starting' | 'opening' }): void {
  const { model, send, tools } = useKiosk();
  const { code, then } = props;
  const token = model.installed?.token ?? '';
  useEffect(() => {
    if (code === 'vault_unavailable') return;
    const timer = setInterval(() => void probe({ then, token, tools, send }), retryEveryMs);
    return () => clearInterval(timer);
  }, [code, then, token, tools, send]);
}

async function probe(input: { then: 'starting' | 'opening'; token: string } & Pick<Kiosk, 'tools' | 'send'>): Promise<void> {
  if (input.then === 'starting') return input.send({ type: 'retry' });
  const reached = await input.tools.client.profile(input.token).then(
    () => true,
    () => false,
  );
  if (reached) input.send({ type: 'back' });
}
