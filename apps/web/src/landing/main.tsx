// Entry of the start page: the one place where it meets the clipboard and the network.
import { createRoot } from 'react-dom/client';
import '../ui/theme.css';
import { createApi } from '../api.ts';
import { startTexts } from '../i18n/setup.ts';
import { landing as en } from '../i18n/texts/en/landing.ts';
import { landing as zh } from '../i18n/texts/zh/landing.ts';
import { Landing } from './Landing.tsx';

const send: typeof fetch = (...request) => fetch(...request);
const tools = {
  api: createApi({ fetch: send, pause: (ms) => new Promise<void>((resolve) => setTimeout(resolve, ms)) }),
  fetch: send,
  // Missing altogether on pages that are not on https or localhost.
  copy: async (text: string) => navigator.clipboard.writeText(text),
};

await startTexts({ landing: { en, zh } });
const root = document.getElementById('root');
if (root) createRoot(root).render(<Landing tools={tools} />);
