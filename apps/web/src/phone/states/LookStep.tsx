// Step 4: the tap, the camera, the smile, and the sealed burst on its way to the vault.
import type { CaptureSigner } from '@sonrisa/protocol/burst.ts';
import type { LookTicket } from '@sonrisa/protocol/capture.ts';
import { ScanFace } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Recording } from '../../camera/burst.ts';
import { CameraStage, warmUpGuide } from '../../camera/CameraStage.tsx';
import { CameraTrouble } from '../../camera/CameraTrouble.tsx';
import { leftOut } from '../../camera/left-out.ts';
import { OtherProof } from '../../camera/OtherProof.tsx';
import type { CameraProblem } from '../../camera/open-camera.ts';
import { isKnownKey, sealLook } from '../../camera/seal-look.ts';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import { Button } from '../../ui/Button.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { Ring } from '../../ui/Ring.tsx';
import { failedEvent, useEntry, usePhone, useWho } from '../phone-context.ts';
import { ProveLook, useOpenOwnLook } from '../own/ProveLook.tsx';
import { Spot } from '../Spot.tsx';
import type { PhoneKeys } from '../state.ts';
import { Step } from '../Step.tsx';

export function LookStep(props: { problem: SentenceCode | null }) {
  const { t } = useTranslation('phone');
  const { model, send } = usePhone();
  const { session, lookingChild } = model;
  useEffect(warmUpGuide, []);
  return (
    <Step
      picture={<Spot><ScanFace aria-hidden="true" className="size-9" /></Spot>}
      title={t(lookingChild ? 'children:lookTitle' : session ? 'newLookTitle' : 'lookTitle')}
      text={t(lookingChild ? 'children:lookText' : 'lookText')}
      actions={
        <>
          <Button look="primary" size="large" wide testId="start-capture" onClick={() => send({ type: 'look_wanted' })}>
            {t('lookStart')}
          </Button>
          {session ? (
            <Button look="quiet" wide testId="new-look-later" onClick={() => send(lookingChild ? { type: 'child_wanted', childId: lookingChild } : { type: 'go_home' })}>
              {t('newLookLater')}
            </Button>
          ) : null}
        </>
      }
    >
      {props.problem && props.problem !== 'look_needs_proof' ? <Problem code={props.problem} /> : null}
      {props.problem === 'look_needs_proof' && session ? <ProveLook session={session} /> : null}
      {props.problem === 'liveness_failed' ? <OtherProof avoided={model.avoided} onAvoid={(kind) => send({ type: 'avoid', kind })} /> : null}
      <p className="rounded-3xl bg-sunk px-5 py-4 text-soft">{t('lookKept')}</p>
    </Step>
  );
}

export function OpeningLookStep() {
  const { t } = useTranslation('ui');
  const { model, send, tools } = usePhone();
  const who = useWho();
  const openOwn = useOpenOwnLook();
  useEntry(async () => {
    const { publicJwk } = await tools.signer();
    send({ type: 'look_opened', ticket: await (model.session ? openOwn(model.session) : tools.client.openLook(who, publicJwk, leftOut(model.avoided))) });
  });
  return <WaitStep title={t('hint_opening')} />;
}

export function FramingStep(props: { ticket: LookTicket }) {
  const { t } = useTranslation('ui');
  const { model, send } = usePhone();
  return (
    <Step
      title={<span className="sr-only">{t('hint_look_here')}</span>}
      actions={
        <Button look="quiet" size="small" wide testId="leave-camera" onClick={() => send({ type: 'look_again' })}>
          {t('back')}
        </Button>
      }
    >
      <CameraStage
        ticket={props.ticket}
        otherProof={<OtherProof avoided={model.avoided} onAvoid={(kind) => send({ type: 'avoid', kind })} />}
        onSmile={() => send({ type: 'smile_prompted' })}
        onRecorded={(recording) => send({ type: 'recorded', recording })}
        onProblem={(problem) =>
          problem === 'failed' ? send({ type: 'failed', code: 'capture_failed', triesLeft: null }) : send({ type: 'camera_failed', problem })
        }
      />
    </Step>
  );
}

export function SendingStep(props: { ticket: LookTicket; recording: Recording }) {
  const { t } = useTranslation('phone');
  const { model, send, tools } = usePhone();
  const who = useWho();
  useEntry(async () => {
    const vaultKey = model.keys?.vaultKey;
    if (!vaultKey || !(await isKnownKey(vaultKey, null))) return send({ type: 'failed', code: 'vault_key_changed', triesLeft: null });
    const { nonce } = props.ticket;
    const signer = await tools.signer();
    if (model.session && model.lookingChild) return ofChild({ session: model.session, childId: model.lookingChild, nonce, signer, vaultKey });
    if (model.session) return renew({ session: model.session, nonce, signer, vaultKey });
    const sealed = await sealLook({ recording: props.recording, nonce, purpose: 'enrolment', subjectId: who.id, signer, vaultKey });
    try {
      send({ type: 'enrolment_read', view: await tools.client.sendCapture(who, { nonce, sealed }) });
    } catch (error) {
      // The answer may be lost although the face is enrolled: where the enrolment stands decides.
      const view = await tools.client.read(who).catch(() => null);
      if (view && view.state !== 'consented') send({ type: 'enrolment_read', view });
      else send(failedEvent(error));
    }
  });
  async function ofChild(input: { session: string; childId: string; nonce: string; signer: CaptureSigner; vaultKey: PhoneKeys['vaultKey'] }): Promise<void> {
    const { session, childId, nonce, signer, vaultKey } = input;
    const sealed = await sealLook({ recording: props.recording, nonce, purpose: 'enrolment', subjectId: childId, signer, vaultKey });
    try {
      await tools.children.sendLook(session, childId, { nonce, sealed });
      send({ type: 'child_wanted', childId });
    } catch (error) {
      // The answer may be lost although the face is kept.
      const child = await tools.children.read(session, childId).catch(() => null);
      if (child?.state === 'on' && !child.needsNewLook) send({ type: 'child_wanted', childId });
      else send(failedEvent(error));
    }
  }
  async function renew(input: { session: string; nonce: string; signer: CaptureSigner; vaultKey: PhoneKeys['vaultKey'] }): Promise<void> {
    const { session, nonce, signer, vaultKey } = input;
    const { payerId } = await tools.client.me(session);
    const sealed = await sealLook({ recording: props.recording, nonce, purpose: 'enrolment', subjectId: payerId, signer, vaultKey });
    try {
      send({ type: 'face_renewed', me: await tools.client.sendNewLook(session, { nonce, sealed }) });
    } catch (error) {
      // The answer may be lost although the face is kept: the account says whether it still needs one.
      const me = await tools.client.me(session).catch(() => null);
      if (me && me.face.state !== 'off' && !me.face.needsNewLook) send({ type: 'face_renewed', me });
      else send(failedEvent(error));
    }
  }
  return <WaitStep title={t('sending')} />;
}

export function WaitStep(props: { title: string }) {
  return (
    <Step
      picture={
        <span className="relative size-40 mt-16">
          <Ring share={0.4} turning />
        </span>
      }
      title={<span role="status">{props.title}</span>}
    />
  );
}

export function CameraProblemStep(props: { problem: CameraProblem }) {
  const { t } = useTranslation('ui');
  const { send } = usePhone();
  return (
    <div className="flex-1 flex flex-col justify-center gap-8 px-6 py-6">
      <CameraTrouble problem={props.problem} />
      <Button look="primary" size="large" wide testId="try-again" onClick={() => send({ type: 'look_again' })}>
        {t('tryAgain')}
      </Button>
    </div>
  );
}
