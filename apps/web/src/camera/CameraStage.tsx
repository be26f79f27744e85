// Opens the camera, guides, asks for the smile, records and closes the camera again; shared by till and phone.
import type { LookTicket } from '@sonrisa/protocol/capture.ts';
import type { TFunction } from 'i18next';
import { useCallback, useEffect, useRef, useState, type ReactNode, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';
import type { Recording } from './burst.ts';
import { createDetectorSource, loadDetector } from './detector.ts';
import { startGuidedCapture, type CaptureView, type GuidedCapture } from './guided-capture.ts';
import { createObserver } from './observe.ts';
import { openCamera, type Camera, type CameraProblem } from './open-camera.ts';
import { Preview } from './Preview.tsx';
import { FlashPanel, PromptPicture } from './PromptView.tsx';

const detectorSource = createDetectorSource(loadDetector);

/** Loads the guide ahead of time; a failure is dealt with when the camera opens. */
export function warmUpGuide(): void {
  detectorSource().catch(() => undefined);
}

export type CameraStageProps = {
  ticket: LookTicket;
  onRecorded: (recording: Recording) => void;
  onSmile?: () => void;
  onProblem: (problem: CameraProblem | 'failed') => void;
  /** Shown when framing takes long. */
  otherWays?: ReactNode;
  /** Shown beside a challenge before it begins: for those who cannot do part of it. */
  otherProof?: ReactNode;
  /** Stands under the picture: what is paid. */
  children?: ReactNode;
};

export function CameraStage(props: CameraStageProps) {
  const [camera, setCamera] = useState<Camera | null>(null);
  const [view, setView] = useState<CaptureView>({ phase: 'opening' });
  const capture = useRef<GuidedCapture | null>(null);
  const begun = useRef(false);
  const left = useRef(false);
  // The look has just arrived: its time of issue says what the vault's clock shows now.
  const clockAheadMs = useRef(props.ticket.issuedAtMs - Date.now());
  const isLive = props.ticket.mode === 'live';
  const latest = useRef(props);
  latest.current = props;

  useOpenedCamera({ left, capture, latest, setCamera });

  const begin = useCallback(
    async (video: HTMLVideoElement) => {
      if (begun.current) return;
      begun.current = true;
      const detector = await detectorSource().catch(() => null);
      if (left.current) return;
      const running = startGuidedCapture({
        video,
        observer: detector ? createObserver(detector) : null,
        framesWanted: latest.current.ticket.framesWanted,
        challenge: latest.current.ticket.mode === 'live' ? latest.current.ticket.challenge.prompts : null,
        now: () => Date.now() + clockAheadMs.current,
        pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
        onView: (next) => {
          setView(next);
          if (next.phase === 'smile' || next.phase === 'rest') latest.current.onSmile?.();
        },
      });
      capture.current = running;
      running.done.then(
        (recording) => {
          camera?.stop();
          if (recording) latest.current.onRecorded(camera ? { ...recording, camera: camera.settings } : recording);
        },
        () => latest.current.onProblem('failed'),
      );
    },
    [camera],
  );

  // On a wide screen what can be tapped stands beside the picture, so that neither pushes the other off it, and the picture
  // stays where it is from the first hint to the last frame.
  return (
    <div className="grid w-full justify-items-center items-center gap-3 landscape:gap-6 landscape:grid-cols-[1fr_auto_1fr]" data-phase={view.phase}>
      {view.phase === 'prompt' ? <FlashPanel prompt={view.prompt} /> : null}
      <div className="flex flex-col items-center gap-4 landscape:col-start-2">
        <div className="relative z-50">
          <Preview stream={camera?.stream ?? null} onVideo={begin} ring={ringOf(view)} />
          {view.phase === 'prompt' ? <PromptPicture prompt={view.prompt} /> : null}
        </div>
        <Words view={view} />
        {props.children}
      </div>
      {view.phase === 'guiding' ? (
        <div className={`flex flex-col items-center gap-4 w-full max-w-md landscape:col-start-3 ${isLive ? 'min-h-14' : ''}`}>
          {isLive ? props.otherProof : null}
          {view.stuck ? <Stuck onTakeAnyway={() => capture.current?.takeNow()} otherWays={props.otherWays} /> : null}
        </div>
      ) : isLive ? (
        <div className="min-h-14 landscape:hidden" />
      ) : null}
    </div>
  );
}

function useOpenedCamera(input: {
  left: RefObject<boolean>;
  capture: RefObject<GuidedCapture | null>;
  latest: RefObject<CameraStageProps>;
  setCamera: (camera: Camera) => void;
}): void {
  const { left, capture, latest, setCamera } = input;
  useEffect(() => {
    left.current = false;
    let opened: Camera | undefined;
    void openCamera({ accepts: latest.current.ticket.fakeCamera ? 'real_or_fake' : 'real' }).then((result) => {
      if (left.current) return result.ok ? result.camera.stop() : undefined;
      if (!result.ok) return latest.current.onProblem(result.problem);
      opened = result.camera;
      opened.onLost(() => latest.current.onProblem('unplugged'));
      setCamera(opened);
    });
    return () => {
      left.current = true;
      capture.current?.stop();
      opened?.stop();
    };
  }, [left, capture, latest, setCamera]);
}

function ringOf(view: CaptureView) {
  if (view.phase === 'smile' || view.phase === 'recording' || view.phase === 'prompt' || view.phase === 'rest') return { share: 1, tone: 'good' as const };
  if (view.phase === 'guiding') return { share: view.hint ? 0.25 : view.faceSeen ? 0.75 : 0.1 };
  return { share: 0.08, turning: view.phase === 'opening' };
}

function Words(props: { view: CaptureView }) {
  const { t } = useTranslation('ui');
  const { view } = props;
  const big = view.phase === 'smile' || view.phase === 'recording' || view.phase === 'prompt';
  const hint = view.phase === 'guiding' ? (view.hint ?? '') : view.phase === 'prompt' ? view.prompt : view.phase;
  return (
    <div className="min-h-24 text-center">
      <p role="status" aria-live="polite" data-testid="hint" data-hint={hint} className={`relative z-50 inline-block text-balance rounded-3xl bg-paper px-6 py-2 font-extrabold ${big ? 'text-4xl text-good animate-pop' : 'text-2xl'}`}>
        {sentence(view, t)}
      </p>
      {view.phase === 'countdown' ? <p className="mt-2 text-base text-soft max-w-md">{t('countdownNote')}</p> : null}
    </div>
  );
}

function sentence(view: CaptureView, t: TFunction): string {
  switch (view.phase) {
    case 'opening':
      return t('hint_opening');
    case 'guiding':
      return view.hint ? t(`hint_${view.hint}`) : t(view.faceSeen ? 'hint_good' : 'hint_look_here');
    case 'countdown':
      return t('countdown', { n: view.seconds });
    case 'rest':
      return t('hint_hold_still');
    case 'prompt':
      return t(`prompt_${view.prompt}`);
    case 'smile':
      return t('smile');
    case 'recording':
      return t('recording');
  }
}

function Stuck(props: { onTakeAnyway: () => void; otherWays: ReactNode }) {
  const { t } = useTranslation('ui');
  return (
    <div data-testid="stuck" className="flex flex-col items-center gap-2 w-full max-w-md rounded-[2rem] bg-card border border-line p-4 animate-rise">
      <p className="font-bold text-lg">{t('stuckTitle')}</p>
      <Button look="soft" wide testId="take-anyway" onClick={props.onTakeAnyway}>
        {t('takeAnyway')}
      </Button>
      {props.otherWays}
    </div>
  );
}
