// One message: to whom, when, the code to copy, and the text with its links.
import type { OutboxMessage } from '@sonrisa/protocol/back-office-api.ts';
import { useTranslation } from 'react-i18next';
import { intlLocale, type Language } from '../i18n/language.ts';
import { useLanguage } from '../i18n/setup.ts';
import { Card } from '../ui/Card.tsx';
import { CopyButton } from '../ui/CopyButton.tsx';
import { codeIn, piecesOf } from './messages.ts';
import type { OutboxTools } from './use-outbox.ts';

export function Message(props: { message: OutboxMessage; tools: OutboxTools }) {
  const { message, tools } = props;
  const { t } = useTranslation('outbox');
  const { language } = useLanguage();
  const code = codeIn(message.text);
  return (
    <Card testId="outbox-message" className="flex flex-col gap-3 animate-rise">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h2 className="font-bold tabular-nums break-all">{message.to}</h2>
        <time dateTime={new Date(message.sentAtMs).toISOString()} className="text-sm text-soft tabular-nums">
          {timeText(message.sentAtMs, { nowMs: tools.now(), language })}
        </time>
      </div>
      {code ? (
        <div className="flex flex-wrap items-center justify-between gap-3">
          <span data-testid="outbox-code" className="text-5xl font-extrabold tabular-nums tracking-[0.12em]">
            {code}
          </span>
          <CopyButton text={code} label={t('copyCode', { code })} namespace="outbox" copy={tools.copy} testId="outbox-copy" />
        </div>
      ) : null}
      <p className={`[overflow-wrap:anywhere] ${code ? 'text-soft' : ''}`}>
        {piecesOf(message.text).map((piece, index) =>
          piece.kind === 'text' ? (
            piece.text
          ) : (
            <a key={index} href={piece.text} target="_blank" rel="noopener" className="font-bold text-crust underline underline-offset-4">
              {piece.text}
            </a>
          ),
        )}
      </p>
    </Card>
  );
}

// Seconds matter here: two codes are often asked for within a minute. The day only when it is not today.
function timeText(atMs: number, { nowMs, language }: { nowMs: number; language: Language }): string {
  const at = new Date(atMs);
  const isToday = at.toDateString() === new Date(nowMs).toDateString();
  const day = isToday ? {} : ({ year: 'numeric', month: 'short', day: 'numeric' } as const);
  return at.toLocaleString(intlLocale(language), { ...day, hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
}
