// The check every test that moves money ends with.
import { expect } from 'vitest';
import { bookFindings } from './book-findings.ts';
import type { TestInstance } from './instance.ts';

export async function assertBooksCoherent(running: TestInstance): Promise<void> {
  expect(await bookFindings(running)).toEqual([]);
}
