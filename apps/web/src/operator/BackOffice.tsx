// The frame of the back office: who is signed in, and which page is shown.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Gauge, History, LogOut, MessageCircleMore, MonitorSmartphone, ScanFace, Scale, ShieldCheck, Store, UsersRound, type LucideIcon } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SentenceCode } from '../i18n/texts/en/problems.ts';
import { Brand } from '../ui/Brand.tsx';
import { Button } from '../ui/Button.tsx';
import { LanguageSwitch } from '../ui/LanguageSwitch.tsx';
import { Ribbon } from '../ui/Ribbon.tsx';
import { CaseList } from './cases/CaseList.tsx';
import { CasePage } from './cases/CasePage.tsx';
import { ReviewList } from './faces/ReviewList.tsx';
import { Waiting } from './faces/Waiting.tsx';
import { OperatorContext, type OperatorTools } from './operator-context.ts';
import { FaceWarning } from './overview/Faces.tsx';
import { Overview } from './overview/Overview.tsx';
import { DraftPage } from './risk/draft/DraftPage.tsx';
import { Risk } from './risk/Risk.tsx';
import { VersionPage } from './risk/VersionPage.tsx';
import type { Route } from './route.ts';
import { Proposals } from './proposals/Proposals.tsx';
import { Shop } from './shops/Shop.tsx';
import { Shops } from './shops/Shops.tsx';
import { SignIn } from './SignIn.tsx';
import { Sms } from './sms/Sms.tsx';
import { MovedTerminals } from './terminals/MovedTerminals.tsx';
import { Trail } from './trail/Trail.tsx';
import { useRoute } from './use-route.ts';

const storageKey = 'sonrisa.operator';
const sandboxKey = 'sandbox-token';

export function BackOffice({ tools }: { tools: OperatorTools }) {
  const queries = useQueryClient();
  const route = useRoute();
  const { data: sandboxPeople = [] } = useQuery({ queryKey: [sandboxKey], queryFn: () => tools.client.sandboxPeople(), staleTime: Infinity });
  const [token, setToken] = useState(() => tools.storage.getItem(storageKey));
  const [problem, setProblem] = useState<SentenceCode | null>(null);
  const signIn = (given: string): void => {
    tools.storage.setItem(storageKey, given);
    setProblem(null);
    setToken(given);
  };
  const signOut = useCallback(
    (why?: SentenceCode) => {
      tools.storage.removeItem(storageKey);
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sandboxKey });
      setProblem(why ?? null);
      setToken(null);
    },
    [queries, tools],
  );
  const operator = useMemo(() => (token === null ? null : { token, tools, signOut }), [token, tools, signOut]);
  return (
    <div className="min-h-dvh flex flex-col">
      {sandboxPeople.length === 0 ? null : <Ribbon />}
      <OperatorContext value={operator}>
        <Header route={route} onSignOut={operator ? () => signOut() : null} />
      </OperatorContext>
      <main className="mx-auto w-full max-w-7xl px-6 pb-16 pt-4 flex-1 flex flex-col gap-6">
        {operator ? (
          <OperatorContext value={operator}>
            {route.page === 'overview' ? null : <FaceWarning />}
            <Page route={route} />
          </OperatorContext>
        ) : (
          <SignIn client={tools.client} sandboxPeople={sandboxPeople} problem={problem} onToken={signIn} />
        )}
      </main>
    </div>
  );
}

type Section = 'cases' | 'faces' | 'merchants' | 'terminals' | 'proposals' | 'risk' | 'sms' | 'trail' | 'overview';
const sections: readonly { section: Section; icon: LucideIcon }[] = [
  { section: 'cases', icon: Scale },
  { section: 'faces', icon: ScanFace },
  { section: 'merchants', icon: Store },
  { section: 'terminals', icon: MonitorSmartphone },
  { section: 'proposals', icon: UsersRound },
  { section: 'risk', icon: ShieldCheck },
  { section: 'sms', icon: MessageCircleMore },
  { section: 'trail', icon: History },
  { section: 'overview', icon: Gauge },
];

const sectionsOfPages = { cases: 'cases', case: 'cases', faces: 'faces', merchants: 'merchants', merchant: 'merchants', terminals: 'terminals', proposals: 'proposals', risk: 'risk', risk_version: 'risk', risk_draft: 'risk', sms: 'sms', trail: 'trail', overview: 'overview' } as const satisfies Record<Route['page'], Section>;
const sectionOf = ({ page }: Route): Section => sectionsOfPages[page];

function Page({ route }: { route: Route }) {
  const { t, i18n } = useTranslation('operator');
  const title = t(sectionOf(route));
  useEffect(() => {
    document.title = `Sonrisa · ${title}`;
  }, [title, i18n.language]);
  if (route.page === 'sms') return <Sms />;
  if (route.page === 'trail') return <Trail filter={route} />;
  if (route.page === 'faces') return <ReviewList state={route.state} />;
  if (route.page === 'overview') return <Overview />;
  if (route.page === 'risk') return <Risk />;
  if (route.page === 'risk_version') return <VersionPage key={route.version} version={route.version} />;
  if (route.page === 'risk_draft') return <DraftPage key={route.from} from={route.from} />;
  if (route.page === 'terminals') return <MovedTerminals />;
  if (route.page === 'proposals') return <Proposals />;
  if (route.page === 'merchants') return <Shops />;
  if (route.page === 'merchant') return <Shop key={route.id} id={route.id} />;
  return route.page === 'case' ? <CasePage key={route.id} id={route.id} /> : <CaseList state={route.state} sort={route.sort} />;
}

function Header({ route, onSignOut }: { route: Route; onSignOut: (() => void) | null }) {
  const { t } = useTranslation('operator');
  return (
    <header className="bg-card border-b border-line">
      <div className="mx-auto max-w-7xl flex flex-wrap items-center gap-x-3 gap-y-1 px-6 py-2">
        <a href="/" className="rounded-full" aria-label={t('home')}>
          <Brand />
        </a>
        <span className="flex-1" />
        <LanguageSwitch />
        {onSignOut ? (
          <Button look="quiet" size="small" testId="sign-out" onClick={onSignOut}>
            <LogOut aria-hidden="true" className="size-5" /> {t('signOut')}
          </Button>
        ) : null}
      </div>
      {onSignOut ? (
        <nav aria-label={t('title')} className="mx-auto max-w-7xl flex gap-1 overflow-x-auto px-4 py-1">
          {sections.map(({ section, icon }) => (
            <Tab key={section} href={`#/${section}`} icon={icon} isHere={sectionOf(route) === section} testId={`to-${section}`}>
              {t(section)}
              {section === 'faces' ? <Waiting /> : null}
            </Tab>
          ))}
        </nav>
      ) : null}
    </header>
  );
}

function Tab(props: { href: string; icon: LucideIcon; isHere: boolean; testId: string; children: ReactNode }) {
  const tab = useRef<HTMLAnchorElement>(null);
  // On a narrow window the tabs are wider than it.
  useEffect(() => {
    if (props.isHere) tab.current?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [props.isHere]);
  return (
    <a
      ref={tab}
      href={props.href}
      data-testid={props.testId}
      aria-current={props.isHere ? 'page' : undefined}
      className={`min-h-12 px-3 rounded-full shrink-0 inline-flex items-center gap-1.5 text-[0.95rem] font-bold whitespace-nowrap transition-colors duration-150 ${props.isHere ? 'bg-glow text-ink' : 'text-soft hover:text-ink hover:bg-sunk'}`}
    >
      <props.icon aria-hidden="true" className="size-5 text-crust" /> {props.children}
    </a>
  );
}
