// The wallet: balance, face payment, last payments.
import type { Me } from '@sonrisa/protocol/phone-api.ts';
import { ChevronRight, LogOut, Pause, Plus, QrCode, ScanFace, Smartphone, Smile, Users, type LucideIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { codeOf } from '../../api.ts';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Loading } from '../../ui/Fetched.tsx';
import { Money } from '../../ui/Money.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { NoticeCard } from '../own/NoticeCard.tsx';
import { Payments } from '../own/Payments.tsx';
import { usePhone } from '../phone-context.ts';
import { AccountAlert } from '../recovery/AccountAlert.tsx';
import { useMe } from '../use-me.ts';

export function Home() {
  const { t } = useTranslation('phone');
  const { model, send, tools } = usePhone();
  const me = useMe();
  const signOut = (): void => {
    if (model.session) tools.client.signOut(model.session).catch(() => undefined);
    send({ type: 'signed_out' });
  };
  return (
    <div className="flex-1 flex flex-col gap-4 px-5 py-4">
      {me.error ? <Problem code={codeOf(me.error)} /> : null}
      {model.problem ? <Problem code={model.problem.code} /> : null}
      {me.data ? (
        <>
          <h1 className="text-2xl font-extrabold">{t('hello', { name: me.data.name })}</h1>
          <AccountAlert />
          <Card className="flex flex-col gap-1">
            <span className="text-soft font-bold">{t('balance')}</span>
            <Money amount={me.data.balance} size="huge" testId="balance" />
            <Button look="primary" wide testId="top-up" className="mt-4" onClick={() => send({ type: 'top_up_wanted' })}>
              <Plus aria-hidden="true" /> {t('topUp')}
            </Button>
          </Card>
          {me.data.face.needsNewLook ? <NewLookCard /> : null}
          <div className="flex gap-3">
            <Shortcut icon={QrCode} testId="pay-code" onTap={() => send({ type: 'pay_code_wanted' })}>
              {t('payCode')}
            </Shortcut>
            <Shortcut icon={Smartphone} testId="my-phone" onTap={() => send({ type: 'my_phone_wanted' })}>
              {t('myPhone')}
            </Shortcut>
            <Shortcut icon={Users} testId="children" onTap={() => send({ type: 'children_wanted' })}>
              {t('children:title')}
            </Shortcut>
          </div>
          <NoticeCard />
          <FaceCard me={me.data} />
          <Payments payments={me.data.payments} />
        </>
      ) : (
        <Loading />
      )}
      <Button look="quiet" className="mt-auto self-center" testId="sign-out" onClick={signOut}>
        <LogOut aria-hidden="true" className="size-5" /> {t('signOut')}
      </Button>
    </div>
  );
}

function Shortcut(props: { icon: LucideIcon; testId: string; onTap: () => void; children: string }) {
  return (
    <button
      type="button"
      data-testid={props.testId}
      className="flex-1 min-h-22 px-3 py-3 rounded-[1.75rem] bg-card border-2 border-line hover:border-crust font-bold text-center flex flex-col items-center justify-center gap-2 transition-[transform,border-color] duration-150 active:scale-[0.97]"
      onClick={props.onTap}
    >
      <props.icon aria-hidden="true" className="size-7 text-crust" />
      {props.children}
    </button>
  );
}

function NewLookCard() {
  const { t } = useTranslation('phone');
  const { send } = usePhone();
  return (
    <Card className="flex flex-col gap-3">
      <p className="flex items-center gap-3 text-xl font-extrabold" role="status" data-testid="needs-new-look">
        <ScanFace aria-hidden="true" className="size-7 shrink-0" /> {t('newLookTitle')}
      </p>
      <p className="text-soft">{t('newLookText')}</p>
      <Button look="primary" wide testId="new-look" onClick={() => send({ type: 'new_look_wanted' })}>
        {t('newLookStart')}
      </Button>
    </Card>
  );
}

function FaceCard(props: { me: Me }) {
  const { t } = useTranslation('phone');
  const { send } = usePhone();
  const { language } = useLanguage();
  const { face } = props.me;
  const pays = face.state === 'on' && !face.needsNewLook;
  const since = face.enrolledAtMs === null ? null : new Intl.DateTimeFormat(intlLocale(language), { month: 'short', day: 'numeric' }).format(face.enrolledAtMs);
  return (
    <button
      type="button"
      data-testid="my-face"
      className="rounded-[2rem] bg-card border border-line hover:border-edge px-5 py-4 flex items-center gap-3 text-left transition-colors duration-150"
      onClick={() => send({ type: 'my_face_wanted' })}
    >
      <span className={`size-12 shrink-0 rounded-full flex items-center justify-center ${pays ? 'bg-good-glow text-good' : 'bg-sunk text-soft'}`}>
        {face.state === 'paused' ? <Pause aria-hidden="true" /> : <Smile aria-hidden="true" />}
      </span>
      <span className="flex-1 min-w-0" data-testid="face-state" data-face={face.state}>
        <span className="block font-bold">{t('myFace')}</span>
        <span className="block text-sm text-soft text-balance">
          {pays && since ? t('faceOnSince', { date: since }) : t(face.needsNewLook ? 'faceWaits' : face.state === 'on' ? 'faceOn' : face.state === 'paused' ? 'facePaused' : 'faceOff')}
        </span>
      </span>
      <ChevronRight aria-hidden="true" className="size-6 shrink-0 text-soft" />
    </button>
  );
}
