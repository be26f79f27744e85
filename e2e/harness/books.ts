// The check every test that moves money ends with.
import { expect } from 'vitest';
import type { Browser } from 'playwright-core';
import { bookFindings } from './book-findings.ts';
import type { Camera } from './camera.ts';
import type { TestInstance } from './instance.ts';

export async function assertBooksCoherent(running: TestInstance): Promise<void> {
  expect(await bookFindings(running)).toEqual([]);
}

/** The end of a walk in a browser, whatever of it came up: the books are coherent, nothing is left running. */
export async function endWalk({ running, browser, camera }: { running: TestInstance | undefined; browser: Browser | undefined; camera: Camera | undefined }): Promise<void> {
  try {
    if (running) await assertBooksCoherent(running);
  } finally {
    await browser?.close();
    camera?.remove();
    await running?.stop();
  }
}
