// An error the person at the keyboard can act on: printed as its one sentence, never as a stack trace.

export class PlainError extends Error {
  override readonly name = 'PlainError';
}
