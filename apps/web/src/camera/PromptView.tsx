// What a challenge looks like: the screen in one colour for a flash, an arrow for a turn, a face for a smile or shut eyes.
import type { Prompt } from '@sonrisa/face/liveness/challenge.ts';
import { ArrowLeft, ArrowRight, EyeOff, Smile } from 'lucide-react';

const colours: Partial<Record<Prompt, string>> = { flash_red: '#ff2a1f', flash_green: '#18d64a', flash_blue: '#2450ff' };

/** Around the camera picture; the vault's plan keeps it to at most three changes a second. */
export function FlashPanel(props: { prompt: Prompt }) {
  const colour = colours[props.prompt];
  if (!colour) return null;
  return <div aria-hidden="true" data-testid="flash" data-colour={props.prompt} className="fixed inset-0 z-40" style={{ backgroundColor: colour }} />;
}

// The camera picture is mirrored, so an arrow to the left of the screen is a turn to the person's own left.
const pictures: Partial<Record<Prompt, typeof Smile>> = { smile: Smile, blink: EyeOff, turn_left: ArrowLeft, turn_right: ArrowRight };

export function PromptPicture(props: { prompt: Prompt }) {
  const Picture = pictures[props.prompt];
  return Picture ? <Picture aria-hidden="true" className="size-16 text-crust animate-pop" /> : null;
}
