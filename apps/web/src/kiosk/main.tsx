// Entry of the till page: the one place where the till meets the clock, randomness, storage and the network.
import { createRoot } from 'react-dom/client';
import '../ui/theme.css';
import { createApi } from '../api.ts';
import { deviceSigner } from '../camera/signing-key.ts';
import { startTexts } from '../i18n/setup.ts';
import { kiosk as en } from '../i18n/texts/en/kiosk.ts';
import { kiosk as zh } from '../i18n/texts/zh/kiosk.ts';
import { Kiosk } from './Kiosk.tsx';
import { createTerminalClient } from './terminal-client.ts';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const signer = () => deviceSigner('till');
const tools = {
  client: createTerminalClient({ api: createApi({ fetch: (...request) => fetch(...request), pause }), signer, now: () => Date.now() }),
  signer,
  newKey: () => crypto.randomUUID(),
  now: () => Date.now(),
  storage: localStorage,
  pause,
};

await startTexts({ kiosk: { en, zh } });
const root = document.getElementById('root');
if (root) createRoot(root).render(<Kiosk tools={tools} />);
