// A failure its reader can act on: printed as its one sentence, never as a stack trace.

export class PlainError extends Error {
  override readonly name = 'PlainError';
}
