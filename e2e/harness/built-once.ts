// Before the end-to-end tests: one build for all files, which run side by side.
import { ensureBuilt } from './instance.ts';

export default function setup(): void {
  ensureBuilt();
  process.env.SONRISA_BUILT = 'yes';
}
