// What a challenge looks like: the screen in one colour for a flash, an arrow for a turn, a face for a smile or shut eyes.
import type { Prompt } from '@sonrisa/face/liveness/challenge.ts';
import { ArrowLeft, ArrowRight, EyeClosed, Smile } from 'lucide-react';

const colours: Partial<Record<Prompt, string>> = { flash_red: '#ff2a1f', flash_green: '#18d64a', flash_blue: '#2450ff' };

/** Around the camera picture; the vault's plan keeps it to at most three changes a second. Cancel, under it, can be tapped. */
export function FlashPanel(props: { prompt: Prompt }) {
  const colour = colours[props.prompt];
  if (!colour) return null;
  return <div aria-hidden="true" data-testid="flash" data-colour={props.prompt} className="fixed inset-0 z-40 pointer-events-none" style={{ backgroundColor: colour }} />;
}

// Where to turn stands on that side of the picture. The picture is mirrored, so an arrow to the left of the screen is a turn
// to the person's own left.
const below = '-bottom-1 left-1/2 -translate-x-1/2';
const pictures: Partial<Record<Prompt, { Picture: typeof Smile; place: string }>> = {
  smile: { Picture: Smile, place: below },
  blink: { Picture: EyeClosed, place: below },
  turn_left: { Picture: ArrowLeft, place: 'top-1/2 right-full -translate-y-1/2' },
  turn_right: { Picture: ArrowRight, place: 'top-1/2 left-full -translate-y-1/2' },
};

/** Stands on the edge of the camera picture, whose frame is positioned. */
export function PromptPicture(props: { prompt: Prompt }) {
  const shown = pictures[props.prompt];
  if (!shown) return null;
  const { Picture, place } = shown;
  return (
    <span key={props.prompt} className={`absolute ${place} size-16 rounded-full bg-crust text-on-crust flex items-center justify-center animate-pop`}>
      <Picture aria-hidden="true" className="size-9" />
    </span>
  );
}
