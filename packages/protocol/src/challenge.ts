// What a capture asks of a living person, as it crosses the wire. The vault chooses the prompts for each look; a live
// terminal shows them and signs what it showed when; a sandbox terminal only asks for a smile.
import { z } from 'zod';

export const promptSchema = z.enum(['smile', 'turn_left', 'turn_right', 'blink', 'flash_red', 'flash_green', 'flash_blue']);
export type Prompt = z.infer<typeof promptSchema>;

/** What somebody cannot do, or may not look at: the challenge goes without. */
export const challengeKindSchema = z.enum(['smile', 'turn', 'blink', 'flash']);
export type ChallengeKind = z.infer<typeof challengeKindSchema>;

/** Beyond this a challenge would say nothing: another way to pay. */
export const avoidedKindsMax = 2;
export const avoidSchema = z.array(challengeKindSchema).max(avoidedKindsMax);

/** Body of a till's request for a look; may be left out. `clockMs`: what the till's own clock shows (Unix time). */
export const openLookSchema = z.strictObject({ avoid: avoidSchema.optional(), clockMs: z.number().int().nonnegative().optional() });

export const promptsMax = 8;

/** A live terminal must pass the challenge; a sandbox terminal takes photos and videos, and its receipts say so. */
export const terminalModeSchema = z.enum(['sandbox', 'live']);
export type TerminalMode = z.infer<typeof terminalModeSchema>;
