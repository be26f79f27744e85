// Which terminal took the picture, whose key signed it, and what the shopper had agreed to.
import type { FaceCase } from '@sonrisa/protocol/cases-api.ts';
import { ShieldAlert, ShieldCheck } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { readClaims } from './claims.ts';
import { Fact, FactList, FactsCard } from './Facts.tsx';

export function Traces({ case: shown }: { case: FaceCase }) {
  const { t } = useTranslation('cases');
  const { language } = useLanguage();
  const { terminal, terminalId, terminalThumbprint, consent, claims } = shown.evidence;
  const signer = readClaims(claims)?.signerThumbprint;
  const day = new Intl.DateTimeFormat(intlLocale(language), { dateStyle: 'medium' }).format(terminal.activatedAtMs);
  const [version, sha256] = consent?.split(' ') ?? [];
  return (
    <>
      <FactsCard title={t('terminal')} testId="terminal">
        {signer === undefined ? null : <Attested isIts={signer === terminalThumbprint} />}
        <FactList>
          <Fact name={t('terminalKind')}>
            {t(terminal.kind === 'mini' ? 'kind_mini' : 'kind_kiosk')} · {t(`mode_${terminal.mode}`)}
          </Fact>
          <Fact name={t('terminalState')}>{t(`terminal_${terminal.state}`, { day })}</Fact>
          <Fact name={t('terminalId')} wide>
            <code className="text-sm font-normal">{terminalId}</code>
          </Fact>
          <Fact name={t('thumbprint')} wide>
            <code className="text-sm font-normal">{terminalThumbprint}</code>
          </Fact>
        </FactList>
      </FactsCard>
      <FactsCard title={t('consent')} testId="consent">
        {version === undefined ? (
          <p className="text-soft">{t('consentNone')}</p>
        ) : (
          <FactList>
            <Fact name={t('consentVersion')}>{version}</Fact>
            <Fact name={t('payerId')}>
              <code className="text-sm font-normal">{shown.payerId}</code>
            </Fact>
            <Fact name={t('consentHash')} wide>
              <code className="text-sm font-normal">{sha256}</code>
            </Fact>
          </FactList>
        )}
      </FactsCard>
    </>
  );
}

function Attested({ isIts }: { isIts: boolean }) {
  const { t } = useTranslation('cases');
  const Sign = isIts ? ShieldCheck : ShieldAlert;
  return (
    <p data-testid="attested" data-its={isIts} className={`flex items-start gap-3 rounded-2xl px-4 py-3 font-semibold ${isIts ? 'bg-good-glow text-good' : 'bg-warn-glow text-warn'}`}>
      <Sign aria-hidden="true" className="size-6 shrink-0" /> {t(isIts ? 'attested' : 'attestedNot')}
    </p>
  );
}
