// The small round mirrored camera picture with its ring. Never a full-screen face: people dislike seeing themselves at a till.
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Ring } from '../ui/Ring.tsx';

/** `onVideo` must stay the same function from render to render: a new one starts the picture anew. */
export function Preview(props: {
  stream: MediaStream | null;
  onVideo: (video: HTMLVideoElement) => Promise<void>;
  ring: { share: number; turning?: boolean; tone?: 'crust' | 'good' | 'line' };
}) {
  const { t } = useTranslation('ui');
  const element = useRef<HTMLVideoElement>(null);
  const { stream, onVideo } = props;
  useEffect(() => {
    const video = element.current;
    if (!video || !stream) return;
    video.srcObject = stream;
    video.play().then(
      () => void onVideo(video),
      () => undefined,
    );
    return () => {
      video.srcObject = null;
    };
  }, [stream, onVideo]);
  return (
    <div className="relative mx-auto size-56 rounded-full p-3">
      <Ring {...props.ring} />
      <video
        ref={element}
        muted
        playsInline
        aria-label={t('previewLabel')}
        className="size-full rounded-full object-cover -scale-x-100 bg-sunk"
      />
    </div>
  );
}
