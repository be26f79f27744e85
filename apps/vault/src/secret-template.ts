// An opened template: the numbers that stand for a face. It cannot be logged, printed or serialised by accident.
import { inspect } from 'node:util';

export class SecretTemplate {
  readonly #vector: Float32Array;

  /** Takes the buffer over: `wipe` clears it. */
  constructor(vector: Float32Array) {
    this.#vector = vector;
  }

  /** The live numbers, for scoring in place. */
  reveal(): Float32Array {
    return this.#vector;
  }

  wipe(): void {
    this.#vector.fill(0);
  }

  toJSON(): never {
    throw new TypeError('a template cannot be serialised');
  }

  toString(): string {
    return '[template]';
  }

  [inspect.custom](): string {
    return '[template]';
  }
}
