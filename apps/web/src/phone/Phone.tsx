// The phone: the model, the state on screen, and what is kept between reloads.
import { useEffect, useLayoutEffect, useMemo, useReducer } from 'react';
import { useTranslation } from 'react-i18next';
import { Brand } from '../ui/Brand.tsx';
import { Button } from '../ui/Button.tsx';
import { LanguageSwitch } from '../ui/LanguageSwitch.tsx';
import { Problem } from '../ui/Problem.tsx';
import { Progress } from '../ui/Progress.tsx';
import { Ribbon } from '../ui/Ribbon.tsx';
import { codeOf } from '../api.ts';
import { RequestSheet } from './own/RequestSheet.tsx';
import { inviteIn, keep, readKept, stopIn } from './kept.ts';
import { step } from './machine.ts';
import { PhoneContext, usePhone, type PhoneTools } from './phone-context.ts';
import { emptyModel, stepCount, stepOf, type PhoneModel, type PhoneState } from './state.ts';
import { ChildrenPages } from './children/ChildrenPages.tsx';
import { CloseAccount } from './close-account/CloseAccount.tsx';
import { Closed } from './close-account/Closed.tsx';
import { Limits } from './limits/Limits.tsx';
import { ConsentAgain } from './my-face/ConsentAgain.tsx';
import { MyFace } from './my-face/MyFace.tsx';
import { Account } from './recovery/Account.tsx';
import { Help } from './recovery/Help.tsx';
import { IdentityReturn } from './recovery/IdentityReturn.tsx';
import { KnownStep } from './recovery/KnownStep.tsx';
import { OldNumberStep } from './recovery/OldNumberStep.tsx';
import { Recovering } from './recovery/Recovering.tsx';
import { StopByLink } from './recovery/StopByLink.tsx';
import { CodeStep } from './states/CodeStep.tsx';
import { ConsentStep } from './states/ConsentStep.tsx';
import { Done } from './states/Done.tsx';
import { Home } from './states/Home.tsx';
import { CameraProblemStep, FramingStep, LookStep, OpeningLookStep, SendingStep, WaitStep } from './states/LookStep.tsx';
import { MyPhone } from './states/MyPhone.tsx';
import { NumberStep } from './states/NumberStep.tsx';
import { PayCode } from './states/PayCode.tsx';
import { OpeningStep, PinRepeatStep, PinStep } from './states/PinStep.tsx';
import { TopUp } from './states/TopUp.tsx';

export function Phone(props: { tools: PhoneTools }) {
  const { tools } = props;
  const { t, i18n } = useTranslation('phone');
  const [model, send] = useReducer(step, emptyModel);
  const phone = useMemo(() => ({ model, send, tools }), [model, tools]);
  useEffect(() => remember(model, tools.storage), [model, tools]);
  useEffect(() => {
    document.title = `Sonrisa · ${t('pageTitle')}`;
  }, [t, i18n.language]);
  // Another page begins at its top, wherever the last one was scrolled to.
  const key = stageKey(model.state);
  useLayoutEffect(() => {
    // Not returned: newer browsers answer with a promise.
    window.scrollTo(0, 0);
  }, [key]);
  // A look for an account that is open is no step on the way to one.
  const at = model.session ? null : stepOf(model.state.name);
  return (
    <PhoneContext value={phone}>
      <div className="min-h-dvh flex flex-col max-w-lg mx-auto">
        {model.keys?.mode === 'production' ? null : <Ribbon />}
        <header className="px-5 py-2">
          <div className="flex items-center justify-between">
            <Brand />
            <LanguageSwitch />
          </div>
          {at === null ? null : <Progress step={at} of={stepCount} />}
        </header>
        <main key={key} data-state={model.state.name} aria-label={t('pageTitle')} className="flex-1 flex flex-col animate-rise">
          {screen(model.state)}
        </main>
        <RequestSheet />
        <IdentityReturn />
      </div>
    </PhoneContext>
  );
}

const stageKey = ({ name }: PhoneState): string => (name === 'challenge' ? 'framing' : name);

function remember(model: PhoneModel, storage: Storage): void {
  if (model.state.name === 'starting' || model.state.name === 'unreachable') return;
  const { session, enrolment, inviteId, recovery } = model;
  keep(storage, {
    session,
    enrolment: enrolment && !session ? { id: enrolment.view.id, token: enrolment.token } : null,
    inviteId: session ? null : inviteId,
    recovery: session ? null : recovery,
  });
}

function screen(state: PhoneState) {
  switch (state.name) {
    case 'starting':
      return <Starting />;
    case 'unreachable':
      return <Unreachable code={state.code} />;
    case 'number':
      return <NumberStep />;
    case 'code':
      return <CodeStep round={state.round} />;
    case 'known':
      return <KnownStep key={state.round} />;
    case 'help':
      return <Help />;
    case 'old_number':
      return <OldNumberStep />;
    case 'recovering':
      return <Recovering />;
    case 'stop':
      return <StopByLink token={state.token} />;
    case 'account':
      return <Account />;
    case 'children':
    case 'add_child':
    case 'child':
    case 'child_consent':
      return <ChildrenPages state={state} />;
    case 'consent':
      return <ConsentStep />;
    case 'look':
      return <LookStep problem={state.problem} />;
    case 'look_opening':
      return <OpeningLookStep />;
    case 'framing':
    case 'challenge':
      return <FramingStep ticket={state.ticket} />;
    case 'sending':
      return <SendingStep ticket={state.ticket} recording={state.recording} />;
    case 'camera_problem':
      return <CameraProblemStep problem={state.problem} />;
    case 'pin':
      return <PinStep key={state.round} problem={state.problem} />;
    case 'pin_repeat':
      return <PinRepeatStep />;
    case 'opening':
      return <OpeningStep pin={state.pin} />;
    case 'top_up':
      return <TopUp />;
    case 'done':
      return <Done />;
    case 'home':
      return <Home />;
    case 'my_face':
      return <MyFace />;
    case 'consent_again':
      return <ConsentAgain />;
    case 'close_account':
      return <CloseAccount />;
    case 'closed':
      return <Closed receipt={state.receipt} />;
    case 'pay_code':
      return <PayCode />;
    case 'my_phone':
      return <MyPhone />;
    case 'limits':
      return <Limits />;
  }
}

function Starting() {
  const { t } = useTranslation('ui');
  const { send, tools } = usePhone();
  useEffect(() => {
    const run = async (): Promise<void> => {
      const kept = readKept(tools.storage);
      const keys = await tools.client.keys();
      const { enrolment: who } = kept;
      // An enrolment the server no longer knows starts over without a word.
      const view = who && !kept.session ? await tools.client.read(who).catch(() => null) : null;
      const enrolment = who && view ? { view, token: who.token } : null;
      send({ type: 'started', keys, session: kept.session, enrolment, inviteId: inviteIn(location) ?? kept.inviteId, recovery: kept.recovery, stop: stopIn(location) });
    };
    run().catch((error: unknown) => send({ type: 'unreachable', code: codeOf(error) }));
  }, [send, tools]);
  return <WaitStep title={t('loading')} />;
}

function Unreachable(props: { code: Parameters<typeof Problem>[0]['code'] }) {
  const { t } = useTranslation('phone');
  const { send } = usePhone();
  return (
    <div className="flex-1 flex flex-col justify-center gap-6 px-6">
      <h1 className="text-3xl font-extrabold text-center">{t('unreachableTitle')}</h1>
      <Problem code={props.code} />
      <Button look="primary" size="large" wide testId="try-again" onClick={() => send({ type: 'retry' })}>
        {t('ui:tryAgain')}
      </Button>
    </div>
  );
}
