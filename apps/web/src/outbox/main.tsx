// Entry of the outbox page: the one place where it meets the clock, the clipboard and the network.
import { createRoot } from 'react-dom/client';
import '../ui/theme.css';
import { createApi } from '../api.ts';
import { startTexts } from '../i18n/setup.ts';
import { outbox as en } from '../i18n/texts/en/outbox.ts';
import { outbox as zh } from '../i18n/texts/zh/outbox.ts';
import { Outbox } from './Outbox.tsx';

const tools = {
  api: createApi({
    fetch: (...request) => fetch(...request),
    pause: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
  }),
  openEvents: (path: string) => new EventSource(path),
  after: (ms: number, action: () => void) => {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
  now: () => Date.now(),
  // Missing altogether on pages that are not on https or localhost.
  copy: async (text: string) => navigator.clipboard.writeText(text),
};

await startTexts({ outbox: { en, zh } });
const root = document.getElementById('root');
if (root) createRoot(root).render(<Outbox tools={tools} />);
