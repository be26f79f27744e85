// What the owner agreed to, word by word, and when they took it back.
import type { MyFace } from '@sonrisa/protocol/my-face-api.ts';
import { useTranslation } from 'react-i18next';
import { useDay } from '../../i18n/use-day.ts';

type Consent = MyFace['consents'][number];

export function Consents(props: { consents: readonly Consent[] }) {
  const { t } = useTranslation('myFace');
  return (
    <section>
      <h2 className="font-bold text-soft px-1 mb-2">{t('consentsTitle')}</h2>
      <ul className="flex flex-col gap-2">
        {props.consents.map((consent) => (
          <li key={consent.agreedAtMs} data-testid="consent-record">
            <Record consent={consent} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Record({ consent }: { consent: Consent }) {
  const { t } = useTranslation('myFace');
  const day = useDay();
  const { text } = consent;
  return (
    <details className="rounded-3xl bg-card border border-line px-5 py-3">
      <summary className="min-h-12 cursor-pointer py-2">
        <span className="font-bold">{t('agreed', { date: day(consent.agreedAtMs) })}</span>
        <span className="block text-sm text-soft">
          {consent.faceWithdrawnAtMs === null ? t('consentStands') : t('withdrawn', { date: day(consent.faceWithdrawnAtMs) })}
        </span>
      </summary>
      {text ? (
        <div lang={text.locale} className="flex flex-col gap-2 pt-2 text-sm">
          <p className="font-bold">{text.title}</p>
          {[text.service, text.face].map((part) => (
            <div key={part.label} className="flex flex-col gap-2">
              <p className="font-bold">{part.label}</p>
              {part.paragraphs.map((paragraph) => (
                <p key={paragraph}>{paragraph}</p>
              ))}
            </div>
          ))}
        </div>
      ) : null}
      {consent.statedAgeMin === null ? null : <p className="pt-2 text-sm">{t('statedAge', { age: consent.statedAgeMin })}</p>}
      <p className="pt-2 text-xs text-soft break-all">
        {t('textVersion', { version: consent.version })} SHA-256 {consent.textSha256}
      </p>
    </details>
  );
}
