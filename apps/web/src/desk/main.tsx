// Entry of the service desk: the one place where it meets the clock, randomness and the network.
import { createRoot } from 'react-dom/client';
import '../ui/theme.css';
import { createApi } from '../api.ts';
import { startTexts } from '../i18n/setup.ts';
import { desk as en } from '../i18n/texts/en/desk.ts';
import { desk as zh } from '../i18n/texts/zh/desk.ts';
import { createDeskClient } from './desk-client.ts';
import { Desk } from './Desk.tsx';

const api = createApi({ fetch: (...request) => fetch(...request), pause: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) });
const tools = { client: createDeskClient(api), newKey: () => crypto.randomUUID(), storage: sessionStorage };

await startTexts({ desk: { en, zh } });
const root = document.getElementById('root');
if (root) createRoot(root).render(<Desk tools={tools} />);
