// Entry of the back office: the one place where it meets the clock, randomness, storage and the network.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import '../ui/theme.css';
import { createApi } from '../api.ts';
import { startTexts } from '../i18n/setup.ts';
import { cases as enCases } from '../i18n/texts/en/cases.ts';
import { faces as enFaces } from '../i18n/texts/en/faces.ts';
import { operator as en } from '../i18n/texts/en/operator.ts';
import { overview as enOverview } from '../i18n/texts/en/overview.ts';
import { proposals as enProposals } from '../i18n/texts/en/proposals.ts';
import { risk as enRisk } from '../i18n/texts/en/risk.ts';
import { rules as enRules } from '../i18n/texts/en/rules.ts';
import { shops as enShops } from '../i18n/texts/en/shops.ts';
import { signals as enSignals } from '../i18n/texts/en/signals.ts';
import { sms as enSms } from '../i18n/texts/en/sms.ts';
import { terminals as enTerminals } from '../i18n/texts/en/terminals.ts';
import { trail as enTrail } from '../i18n/texts/en/trail.ts';
import { cases as zhCases } from '../i18n/texts/zh/cases.ts';
import { faces as zhFaces } from '../i18n/texts/zh/faces.ts';
import { operator as zh } from '../i18n/texts/zh/operator.ts';
import { overview as zhOverview } from '../i18n/texts/zh/overview.ts';
import { proposals as zhProposals } from '../i18n/texts/zh/proposals.ts';
import { risk as zhRisk } from '../i18n/texts/zh/risk.ts';
import { rules as zhRules } from '../i18n/texts/zh/rules.ts';
import { shops as zhShops } from '../i18n/texts/zh/shops.ts';
import { signals as zhSignals } from '../i18n/texts/zh/signals.ts';
import { sms as zhSms } from '../i18n/texts/zh/sms.ts';
import { terminals as zhTerminals } from '../i18n/texts/zh/terminals.ts';
import { trail as zhTrail } from '../i18n/texts/zh/trail.ts';
import { createOperatorClient } from './operator-client.ts';
import { BackOffice } from './BackOffice.tsx';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const tools = {
  client: createOperatorClient(createApi({ fetch: (...request) => fetch(...request), pause })),
  newKey: () => crypto.randomUUID(),
  now: () => Date.now(),
  // Gone with the tab: the token opens everything.
  storage: sessionStorage,
  // Still there tomorrow: it says nothing of anybody.
  drafts: localStorage,
};
// Requests already try again by themselves.
const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });

await startTexts({
  operator: { en, zh },
  cases: { en: enCases, zh: zhCases },
  overview: { en: enOverview, zh: zhOverview },
  risk: { en: enRisk, zh: zhRisk },
  rules: { en: enRules, zh: zhRules },
  signals: { en: enSignals, zh: zhSignals },
  sms: { en: enSms, zh: zhSms },
  shops: { en: enShops, zh: zhShops },
  faces: { en: enFaces, zh: zhFaces },
  terminals: { en: enTerminals, zh: zhTerminals },
  trail: { en: enTrail, zh: zhTrail },
  proposals: { en: enProposals, zh: zhProposals },
});
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <QueryClientProvider client={queries}>
      <BackOffice tools={tools} />
    </QueryClientProvider>,
  );
}
