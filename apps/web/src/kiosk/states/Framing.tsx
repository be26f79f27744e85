// Framing and challenge: live guidance, then the smile.
import type { LookTicket } from '@sonrisa/protocol/capture.ts';
import { useTranslation } from 'react-i18next';
import { CameraStage } from '../../camera/CameraStage.tsx';
import { OtherProof } from '../../camera/OtherProof.tsx';
import { Button } from '../../ui/Button.tsx';
import { Money } from '../../ui/Money.tsx';
import { useKiosk } from '../kiosk-context.ts';
import { Screen } from '../Screen.tsx';

export function Framing(props: { ticket: LookTicket }) {
  const { t } = useTranslation('kiosk');
  const { model, send } = useKiosk();
  return (
    <Screen wide title={<span className="sr-only">{t('framingTitle')}</span>}>
      <CameraStage
        ticket={props.ticket}
        otherProof={<OtherProof avoided={model.avoided} onAvoid={(kind) => send({ type: 'avoid', kind })} />}
        onSmile={() => send({ type: 'smile_prompted' })}
        onRecorded={(recording) => send({ type: 'recorded', recording })}
        onProblem={(problem) =>
          problem === 'failed' ? send({ type: 'failed', code: 'capture_failed', triesLeft: null }) : send({ type: 'camera_failed', problem })
        }
        otherWays={
          <Button wide testId="stuck-other-way" onClick={() => send({ type: 'other_way' })}>
            {t('otherWay')}
          </Button>
        }
      >
        {model.payment ? <Money amount={model.payment.amount} size="large" testId="amount" /> : null}
      </CameraStage>
    </Screen>
  );
}
