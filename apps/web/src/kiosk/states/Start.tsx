// The tap before the camera: the amount, and in one line what happens to the picture. The camera never opens by itself.
import { Camera } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { warmUpGuide } from '../../camera/CameraStage.tsx';
import { Button } from '../../ui/Button.tsx';
import { Money } from '../../ui/Money.tsx';
import { basketTotal } from '../basket.ts';
import { useInstalled, useKiosk } from '../kiosk-context.ts';
import { Screen, Spot } from '../Screen.tsx';
import type { StartNote } from '../state.ts';

const titles = { none: 'startTitle', not_me: 'startNotMe', welcome: 'startWelcome', not_charged: 'startNotCharged' } as const;

export function Start(props: { note: StartNote }) {
  const { t } = useTranslation('kiosk');
  const { model, send, tools } = useKiosk();
  const { menu } = useInstalled();
  useEffect(warmUpGuide, []);
  return (
    <Screen
      picture={<Spot><Camera aria-hidden="true" className="size-12" /></Spot>}
      title={t(titles[props.note])}
      actions={
        <>
          <Button look="primary" size="large" wide testId="start-look" onClick={() => send({ type: 'look_wanted', createKey: tools.newKey() })}>
            {t('startLook')}
          </Button>
          {props.note === 'welcome' ? null : (
            <Button look="soft" wide testId="first-time" onClick={() => send({ type: 'first_time' })}>
              {t('firstTime')}
            </Button>
          )}
          <Button look="quiet" wide testId="back" onClick={() => send({ type: 'back' })}>
            {t('ui:back')}
          </Button>
        </>
      }
    >
      <Money amount={basketTotal(menu, model.basket)} size="huge" testId="amount" />
      <p className="text-lg text-soft max-w-md">{t('startPicture')}</p>
    </Screen>
  );
}
