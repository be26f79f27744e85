// Abuse protection of text messages: what goes out, to whom and because of whom, is counted and limited before it is queued.
export type { Slice } from './counts.ts';
export type { Refusal } from './decide.ts';
export { createSmsGuard, type Asked, type SmsGuard } from './guard.ts';
export { createSmsLimits, type SmsLimits } from './limits.ts';
export { fullPolicy, sandboxPolicy, type Policy } from './policy.ts';
export type { SmsAsk } from './subjects.ts';
