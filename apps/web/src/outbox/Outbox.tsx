// The sandbox's text messages, as they would have arrived on people's phones.
import type { OutboxMessage } from '@sonrisa/protocol/back-office-api.ts';
import { MessageCircleMore, Search, Smartphone } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Brand } from '../ui/Brand.tsx';
import { LanguageSwitch } from '../ui/LanguageSwitch.tsx';
import { Problem } from '../ui/Problem.tsx';
import { Ribbon } from '../ui/Ribbon.tsx';
import type { LiveState } from './live.ts';
import { Message } from './Message.tsx';
import { codeIn, isTo } from './messages.ts';
import { useOutbox, type OutboxTools } from './use-outbox.ts';

export function Outbox(props: { tools: OutboxTools }) {
  const { t, i18n } = useTranslation('outbox');
  const { messages, live, newest, problem } = useOutbox(props.tools);
  const [search, setSearch] = useSearch();
  const isProduction = problem === 'not_found';
  useEffect(() => {
    document.title = `Sonrisa · ${t('pageTitle')}`;
  }, [t, i18n.language]);
  return (
    <div className="min-h-dvh flex flex-col">
      <header>
        {isProduction ? null : <Ribbon />}
        <div className="mx-auto max-w-3xl flex items-center justify-between gap-4 px-6 py-3">
          <a href="/" className="rounded-full" aria-label={t('home')}>
            <Brand />
          </a>
          <LanguageSwitch />
        </div>
      </header>
      <main className="mx-auto w-full max-w-3xl px-6 pb-16 flex flex-col gap-6">
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 pt-4">
          <h1 className="text-4xl font-extrabold">{t('title')}</h1>
          {isProduction ? null : <Connection live={live} />}
        </div>
        <p className="text-lg text-soft -mt-3">{isProduction ? t('production') : t('lead')}</p>
        {isProduction ? null : (
          <>
            <SearchField value={search} onChange={setSearch} />
            {problem ? <Problem code={problem} /> : null}
            <List messages={messages} search={search} tools={props.tools} />
          </>
        )}
        <p role="status" className="sr-only">
          {newest && isTo(newest, search) ? announcement(newest, t) : ''}
        </p>
      </main>
    </div>
  );
}

function List(props: { messages: OutboxMessage[] | null; search: string; tools: OutboxTools }) {
  const { t } = useTranslation('outbox');
  if (props.messages === null) return null;
  const found = props.messages.filter((message) => isTo(message, props.search));
  if (props.messages.length === 0) return <Empty />;
  if (found.length === 0) return <p className="text-lg text-soft text-center py-12" data-testid="outbox-none-found">{t('noneFound', { search: props.search })}</p>;
  return (
    <ul aria-label={t('title')} className="flex flex-col gap-4">
      {found.map((message) => (
        <li key={message.id}>
          <Message message={message} tools={props.tools} />
        </li>
      ))}
    </ul>
  );
}

function Empty() {
  const { t } = useTranslation('outbox');
  return (
    <div data-testid="outbox-empty" className="flex flex-col items-center gap-5 text-center rounded-[2rem] border-2 border-dashed border-line px-6 py-14">
      <span className="size-24 rounded-full bg-glow text-crust flex items-center justify-center">
        <MessageCircleMore aria-hidden="true" className="size-11" />
      </span>
      <div>
        <h2 className="text-2xl font-extrabold">{t('emptyTitle')}</h2>
        <p className="text-lg text-soft mt-1 max-w-sm">{t('emptyText')}</p>
      </div>
      <a href="/phone/" className="inline-flex min-h-14 items-center gap-3 rounded-full bg-crust px-6 text-lg font-bold text-on-crust hover:bg-crust-deep transition-colors duration-150">
        <Smartphone aria-hidden="true" className="size-6" /> {t('openPhone')}
      </a>
    </div>
  );
}

const connectionLooks: Record<LiveState, { box: string; dot: string }> = {
  connecting: { box: 'bg-sunk text-soft', dot: 'bg-edge' },
  live: { box: 'bg-good-glow text-good', dot: 'bg-good' },
  lost: { box: 'bg-warn-glow text-warn', dot: 'bg-warn' },
};

function Connection(props: { live: LiveState }) {
  const { t } = useTranslation('outbox');
  const { box, dot } = connectionLooks[props.live];
  return (
    <p role="status" data-testid="outbox-connection" data-live={props.live} className={`inline-flex items-center gap-2 rounded-full px-4 py-1.5 text-sm font-bold ${box}`}>
      <span aria-hidden="true" className={`size-2.5 rounded-full ${dot}`} /> {t(`live_${props.live}`)}
    </p>
  );
}

function SearchField(props: { value: string; onChange: (search: string) => void }) {
  const { t } = useTranslation('outbox');
  return (
    <label className="relative block">
      <span className="sr-only">{t('search')}</span>
      <Search aria-hidden="true" className="absolute left-5 top-1/2 -translate-y-1/2 text-soft pointer-events-none" />
      <input
        type="search"
        inputMode="tel"
        autoComplete="off"
        maxLength={32}
        data-testid="outbox-search"
        placeholder={t('search')}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
        className="w-full min-h-14 rounded-full border-2 border-edge bg-card pl-14 pr-5 text-lg placeholder:text-soft"
      />
    </label>
  );
}

const searchParameter = 'phone';

/** Kept in the address, so that one number's messages can be passed on as a link. */
function useSearch(): [string, (search: string) => void] {
  const [search, setSearch] = useState(() => new URLSearchParams(location.search).get(searchParameter) ?? '');
  const change = (next: string): void => {
    setSearch(next);
    const query = next.trim() === '' ? '' : `?${new URLSearchParams({ [searchParameter]: next.trim() })}`;
    history.replaceState(null, '', `${location.pathname}${query}`);
  };
  return [search, change];
}

// Digits one by one: six of them read as a number mean nothing.
function announcement(message: OutboxMessage, t: (key: string, values: Record<string, string>) => string): string {
  const code = codeIn(message.text);
  const { to } = message;
  return code ? t('newCode', { to, code: [...code].join(' ') }) : t('newMessage', { to, text: message.text });
}
