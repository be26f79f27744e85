// The look led nowhere: too dark, several people, somebody we do not know. A sentence, and every way on.
import { Focus, Lightbulb, ScanFace, SearchX, Sun, UserRoundX, type LucideIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { CameraTrouble } from '../../camera/CameraTrouble.tsx';
import { OtherProof } from '../../camera/OtherProof.tsx';
import type { CameraProblem } from '../../camera/open-camera.ts';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import { Button } from '../../ui/Button.tsx';
import { useKiosk } from '../kiosk-context.ts';
import { Screen, Spot } from '../Screen.tsx';

/** What to change, as a picture; a face in its frame where there is no better one. */
const pictures: Partial<Record<SentenceCode, LucideIcon>> = { face_several: UserRoundX, face_not_one_person: UserRoundX, face_too_dark: Lightbulb, face_too_bright: Sun, face_blurred: Focus };

export function Retake(props: { code: SentenceCode }) {
  const { t } = useTranslation();
  const { model, send } = useKiosk();
  const Picture = pictures[props.code] ?? ScanFace;
  return (
    <Screen
      picture={<Spot><Picture aria-hidden="true" className="size-12" /></Spot>}
      title={t('kiosk:retakeTitle')}
      actions={<LookAgain firstTime={false} />}
    >
      <div role="alert" data-testid="problem" data-code={props.code} className="max-w-lg">
        <p className="text-2xl font-bold">{t(`problems:${props.code}`)}</p>
        <p className="text-lg text-soft mt-2">{t('kiosk:nothingCharged')}</p>
      </div>
      {props.code === 'liveness_failed' ? <OtherProof inOneRow avoided={model.avoided} onAvoid={(kind) => send({ type: 'avoid', kind })} /> : null}
      <SmallCode code={props.code} />
    </Screen>
  );
}

export function NotRecognised() {
  const { t } = useTranslation('kiosk');
  const { model } = useKiosk();
  return (
    <Screen
      picture={<Spot><SearchX aria-hidden="true" className="size-12" /></Spot>}
      title={<span role="alert">{t('notRecognisedTitle')}</span>}
      text={t('notRecognisedText')}
      actions={<LookAgain firstTime />}
    >
      {model.payment ? <p className="text-base text-soft">{t('looksLeft', { n: model.payment.looksLeft })}</p> : null}
    </Screen>
  );
}

export function CameraProblemState(props: { problem: CameraProblem }) {
  return (
    <Screen actions={<LookAgain firstTime={false} />}>
      <CameraTrouble problem={props.problem} />
    </Screen>
  );
}

/** `otherFirst`: another look is not what helps most. `again`: what to call it when it begins a new payment. */
export function LookAgain(props: { firstTime: boolean; otherFirst?: boolean; again?: string }) {
  const { t } = useTranslation('kiosk');
  const { send, tools } = useKiosk();
  const look = (
    <Button
      key="look"
      look={props.otherFirst ? 'plain' : 'primary'}
      size={props.otherFirst ? 'medium' : 'large'}
      wide
      testId="try-again"
      onClick={() => send({ type: 'look_wanted', createKey: tools.newKey() })}
    >
      {props.again ?? t('lookAgain')}
    </Button>
  );
  const other = (
    <Button key="other" look={props.otherFirst ? 'primary' : 'plain'} size={props.otherFirst ? 'large' : 'medium'} wide testId="other-way-here" onClick={() => send({ type: 'other_way' })}>
      {t('otherWay')}
    </Button>
  );
  const first = props.firstTime ? (
    <Button key="first" look="soft" wide testId="first-time" onClick={() => send({ type: 'first_time' })}>
      {t('firstTime')}
    </Button>
  ) : null;
  return <>{props.otherFirst ? [other, first, look] : [look, first, other]}</>;
}

export function SmallCode(props: { code: string }) {
  const { t } = useTranslation('ui');
  return (
    <p className="text-xs text-soft">
      {t('errorCode')} <code>{props.code}</code>
    </p>
  );
}
