// Reads a payment code with the till's camera. Opened by a tap, like every camera here; pictures are read on the spot and
// never kept or sent.
import { useCallback, useEffect, useState } from 'react';
import { CameraTrouble } from '../camera/CameraTrouble.tsx';
import { openCamera, type Camera, type CameraProblem } from '../camera/open-camera.ts';
import { Preview } from '../camera/Preview.tsx';
import { readCode } from './read-code.ts';

const readEveryMs = 200;
/** Wider than a phone held up needs; smaller pictures are read faster. */
const readWidthPx = 640;

export function CodeCamera(props: { onCode: (code: string) => void }) {
  const [camera, setCamera] = useState<Camera | null>(null);
  const [problem, setProblem] = useState<CameraProblem | null>(null);
  const { onCode } = props;
  useEffect(() => {
    let here = true;
    let opened: Camera | null = null;
    void openCamera({ accepts: 'anything' }).then((result) => {
      if (!result.ok) return here && setProblem(result.problem);
      opened = result.camera;
      if (here) setCamera(opened);
      else opened.stop();
    });
    return () => {
      here = false;
      opened?.stop();
    };
  }, []);
  const watch = useCallback(
    async (video: HTMLVideoElement) => {
      const canvas = document.createElement('canvas');
      const context = canvas.getContext('2d', { willReadFrequently: true });
      while (context && video.srcObject) {
        canvas.width = readWidthPx;
        canvas.height = Math.round((readWidthPx * video.videoHeight) / Math.max(1, video.videoWidth));
        if (video.videoWidth > 0) {
          context.drawImage(video, 0, 0, canvas.width, canvas.height);
          const code = await readCode(context.getImageData(0, 0, canvas.width, canvas.height));
          if (code) return onCode(code);
        }
        await new Promise((resolve) => setTimeout(resolve, readEveryMs));
      }
    },
    [onCode],
  );
  if (problem) return <CameraTrouble problem={problem} />;
  return <Preview stream={camera?.stream ?? null} onVideo={watch} ring={{ share: 1, turning: true }} />;
}
