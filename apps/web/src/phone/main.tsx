// Entry of the phone page: the one place where it meets the clock, randomness, storage and the network.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import '../ui/theme.css';
import { createApi } from '../api.ts';
import { deviceSigner } from '../camera/signing-key.ts';
import { startTexts } from '../i18n/setup.ts';
import { children as enChildren } from '../i18n/texts/en/children.ts';
import { closing as enClosing } from '../i18n/texts/en/closing.ts';
import { limits as enLimits } from '../i18n/texts/en/limits.ts';
import { myFace as enMyFace } from '../i18n/texts/en/my-face.ts';
import { recovery as enRecovery } from '../i18n/texts/en/recovery.ts';
import { phone as en } from '../i18n/texts/en/phone.ts';
import { children as zhChildren } from '../i18n/texts/zh/children.ts';
import { closing as zhClosing } from '../i18n/texts/zh/closing.ts';
import { limits as zhLimits } from '../i18n/texts/zh/limits.ts';
import { myFace as zhMyFace } from '../i18n/texts/zh/my-face.ts';
import { recovery as zhRecovery } from '../i18n/texts/zh/recovery.ts';
import { phone as zh } from '../i18n/texts/zh/phone.ts';
import { createChildrenClient } from './children/children-client.ts';
import { createOwnPhoneClient } from './own-phone-client.ts';
import { createPhoneClient } from './phone-client.ts';
import { Phone } from './Phone.tsx';
import { createRecoveryClient } from './recovery/recovery-client.ts';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const api = createApi({ fetch: (...request) => fetch(...request), pause });
const tools = {
  client: createPhoneClient(api, localStorage),
  own: createOwnPhoneClient(api),
  children: createChildrenClient(api),
  recovery: createRecoveryClient(api),
  signer: () => deviceSigner('phone'),
  newKey: () => crypto.randomUUID(),
  now: () => Date.now(),
  storage: localStorage,
};
// Requests already try again by themselves.
const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });

await startTexts({ phone: { en, zh }, myFace: { en: enMyFace, zh: zhMyFace }, limits: { en: enLimits, zh: zhLimits }, children: { en: enChildren, zh: zhChildren }, closing: { en: enClosing, zh: zhClosing }, recovery: { en: enRecovery, zh: zhRecovery } });
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <QueryClientProvider client={queries}>
      <Phone tools={tools} />
    </QueryClientProvider>,
  );
}
