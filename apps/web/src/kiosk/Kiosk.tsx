// The till: the model, the state on screen, and what ends a sale nobody is standing at.
import { useCallback, useEffect, useMemo, useReducer, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Frame } from './Frame.tsx';
import { KioskContext, type KioskTools } from './kiosk-context.ts';
import { step } from './machine.ts';
import { StillThere } from './StillThere.tsx';
import { emptyModel, type KioskEvent, type KioskModel, type KioskState } from './state.ts';
import { Activating, Activation } from './states/Activation.tsx';
import { Basket } from './states/Basket.tsx';
import { CodeEntry, CodePaying } from './states/Code.tsx';
import { Confirm } from './states/Confirm.tsx';
import { Digits } from './states/Digits.tsx';
import { FirstTime } from './states/FirstTime.tsx';
import { Framing } from './states/Framing.tsx';
import { Idle } from './states/Idle.tsx';
import { Interrupted } from './states/Interrupted.tsx';
import { Matching } from './states/Matching.tsx';
import { Opening } from './states/Opening.tsx';
import { OtherWay } from './states/OtherWay.tsx';
import { Paid } from './states/Paid.tsx';
import { Checking, Paying } from './states/Paying.tsx';
import { PhonePaying, PhonePin, PhoneWait } from './states/PhoneWait.tsx';
import { SmsCode, SmsPaying, SmsSending } from './states/SmsCode.tsx';
import { Refused } from './states/Refused.tsx';
import { CameraProblemState, NotRecognised, Retake } from './states/Retake.tsx';
import { Start } from './states/Start.tsx';
import { Starting } from './states/Starting.tsx';
import { VaultKeyChanged } from './states/VaultKeyChanged.tsx';

export function Kiosk(props: { tools: KioskTools }) {
  const { tools } = props;
  const { t, i18n } = useTranslation('kiosk');
  const [model, dispatch] = useReducer(step, emptyModel);
  const latest = useRef(model);
  latest.current = model;
  const send = useCallback(
    (event: KioskEvent) => {
      if (event.type === 'leave') closePayment(latest.current, tools);
      dispatch(event);
    },
    [tools],
  );
  const kiosk = useMemo(() => ({ model, send, tools }), [model, send, tools]);
  useEffect(() => {
    document.title = `Sonrisa · ${t('pageTitle')}`;
  }, [t, i18n.language]);
  return (
    <KioskContext value={kiosk}>
      <Frame>{screen(model.state)}</Frame>
      <StillThere />
    </KioskContext>
  );
}

// A payment that was left must not stay open. One that is paid stays paid.
function closePayment(model: KioskModel, tools: KioskTools): void {
  const { payment, installed, state } = model;
  if (!payment || !installed || payment.next === null || payment.paid || state.name === 'paid') return;
  tools.client.cancel(installed.token, payment.id).catch(() => undefined);
}

function screen(state: KioskState) {
  switch (state.name) {
    case 'starting':
      return <Starting />;
    case 'activation':
      return <Activation problem={state.problem} />;
    case 'activating':
      return <Activating code={state.code} />;
    case 'vault_key_changed':
      return <VaultKeyChanged />;
    case 'idle':
      return <Idle />;
    case 'basket':
      return <Basket />;
    case 'start':
      return <Start note={state.note} />;
    case 'opening':
      return <Opening />;
    case 'framing':
    case 'challenge':
      return <Framing ticket={state.ticket} />;
    case 'matching':
      return <Matching ticket={state.ticket} recording={state.recording} />;
    case 'retake':
      return <Retake code={state.code} />;
    case 'not_recognised':
      return <NotRecognised />;
    case 'digits':
      return <Digits problem={state.problem} triesLeft={state.triesLeft} round={state.round} />;
    case 'confirm':
      return <Confirm key={state.round} pin={state.pin} problem={state.problem} notCharged={state.notCharged} round={state.round} />;
    case 'paying':
      return <Paying confirmKey={state.confirmKey} sealedPin={state.sealedPin} />;
    case 'checking':
      return <Checking after={state.after} />;
    case 'phone_wait':
      return <PhoneWait problem={state.problem} />;
    case 'phone_pin':
      return <PhonePin problem={state.problem} round={state.round} />;
    case 'phone_paying':
      return <PhonePaying confirmKey={state.key} sealedPin={state.sealedPin} />;
    case 'sms_sending':
      return <SmsSending />;
    case 'sms_code':
      return <SmsCode problem={state.problem} triesLeft={state.triesLeft} round={state.round} />;
    case 'sms_paying':
      return <SmsPaying confirmKey={state.key} code={state.code} />;
    case 'code':
      return <CodeEntry problem={state.problem} round={state.round} />;
    case 'code_paying':
      return <CodePaying confirmKey={state.key} code={state.code} />;
    case 'paid':
      return <Paid recovered={state.recovered} />;
    case 'refused':
      return <Refused code={state.code} />;
    case 'other_way':
      return <OtherWay />;
    case 'first_time':
      return <FirstTime />;
    case 'camera_problem':
      return <CameraProblemState problem={state.problem} />;
    case 'interrupted':
      return <Interrupted code={state.code} then={state.then} />;
  }
}
