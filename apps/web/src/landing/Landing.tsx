// The start page: what is where.
import { ArrowRight, BookOpen, HeartPulse, IdCard, MessageCircleMore, Scale, ScanFace, Smartphone, TriangleAlert, type LucideIcon } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { ShopWindow } from '../ui/bakery/ShopWindow.tsx';
import { Brand } from '../ui/Brand.tsx';
import { LanguageSwitch } from '../ui/LanguageSwitch.tsx';
import { Problem } from '../ui/Problem.tsx';
import { Ribbon } from '../ui/Ribbon.tsx';
import { Keys } from './Keys.tsx';
import { useHealth, useInstallation, type Health, type Installation, type LandingTools } from './use-installation.ts';

export function Landing(props: { tools: LandingTools }) {
  const { t, i18n } = useTranslation('landing');
  const installation = useInstallation(props.tools);
  const health = useHealth(props.tools);
  useEffect(() => {
    document.title = `Sonrisa · ${t('pageTitle')}`;
  }, [t, i18n.language]);
  return (
    <div className="min-h-dvh flex flex-col">
      <header>
        {installation.kind === 'sandbox' ? <Ribbon /> : null}
        <div className="mx-auto max-w-5xl flex items-center justify-between gap-4 px-6 py-3">
          <Brand />
          <LanguageSwitch />
        </div>
      </header>
      <main className="mx-auto w-full max-w-5xl px-6 pb-16 flex flex-col gap-10">
        <Welcome />
        {installation.kind === 'unknown' ? <Problem code={installation.problem} /> : null}
        <Doors installation={installation} />
        <Builders health={health} />
        {installation.kind === 'sandbox' ? <Keys keys={installation.keys} tools={props.tools} /> : null}
      </main>
    </div>
  );
}

function Welcome() {
  const { t } = useTranslation('landing');
  return (
    <div className="flex flex-col-reverse sm:flex-row items-center sm:justify-between gap-x-10 gap-y-4 pt-2">
      <div className="max-w-xl text-center sm:text-left">
        <h1 className="text-5xl font-extrabold leading-tight">{t('title')}</h1>
        <p className="text-xl text-soft mt-3">{t('lead')}</p>
      </div>
      <ShopWindow className="w-48 sm:w-72 shrink-0" />
    </div>
  );
}

function Doors(props: { installation: Installation }) {
  const { t } = useTranslation('landing');
  const { installation } = props;
  // After the # so that the code stays in the browser and in no server's log.
  const kiosk = installation.kind === 'sandbox' ? `/kiosk/#activate=${encodeURIComponent(installation.keys.activationCode)}` : '/kiosk/';
  return (
    <nav aria-label={t('doors')} className="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
      <Door name="kiosk" href={kiosk} icon={ScanFace} />
      <Door name="phone" href="/phone/" icon={Smartphone} />
      <Door name="operator" href="/operator/" icon={Scale} />
      {installation.kind === 'sandbox' ? <Door name="outbox" href="/sandbox/outbox/" icon={MessageCircleMore} /> : null}
    </nav>
  );
}

function Door(props: { name: 'kiosk' | 'phone' | 'operator' | 'outbox'; href: string; icon: LucideIcon }) {
  const { t } = useTranslation('landing');
  return (
    <a
      href={props.href}
      data-testid={`door-${props.name}`}
      className="group rounded-[2rem] bg-card border-2 border-line hover:border-crust p-6 flex flex-col gap-3 transition-colors duration-150"
    >
      <span className="flex items-center justify-between">
        <span className="size-14 rounded-full bg-glow text-crust flex items-center justify-center">
          <props.icon aria-hidden="true" className="size-7" />
        </span>
        <ArrowRight aria-hidden="true" className="text-crust transition-transform duration-150 group-hover:translate-x-1" />
      </span>
      <span className="text-2xl font-extrabold">{t(`${props.name}Title`)}</span>
      <span className="text-soft">{t(`${props.name}Text`)}</span>
    </a>
  );
}

function Builders(props: { health: Health }) {
  const { t } = useTranslation('landing');
  const tone = props.health === 'ok' ? 'text-good' : props.health === 'asking' ? 'text-soft' : 'text-warn';
  return (
    <section aria-labelledby="builders" className="flex flex-col gap-4">
      <h2 id="builders" className="text-2xl font-extrabold">
        {t('builders')}
      </h2>
      <ul className="grid gap-x-4 gap-y-2 sm:grid-cols-2 lg:grid-cols-4">
        <Reference href="/desk/" icon={IdCard} title={t('deskTitle')} text={t('deskText')} />
        <Reference href="/docs" icon={BookOpen} title={t('docsTitle')} text={t('docsText')} />
        <Reference href="/docs/problems" icon={TriangleAlert} title={t('problemsTitle')} text={t('problemsText')} />
        <Reference href="/health" icon={HeartPulse} title={t('healthTitle')} text={t(`health_${props.health}`)} tone={tone} testId="health" />
      </ul>
    </section>
  );
}

function Reference(props: { href: string; icon: LucideIcon; title: string; text: string; tone?: string; testId?: string }) {
  return (
    <li>
      <a href={props.href} data-testid={props.testId} className="-mx-3 rounded-3xl p-3 flex items-start gap-3 hover:bg-sunk transition-colors duration-150">
        <props.icon aria-hidden="true" className="size-6 mt-0.5 shrink-0 text-crust" />
        <span>
          <span className="block font-bold">{props.title}</span>
          <span className={`block ${props.tone ?? 'text-soft'}`}>{props.text}</span>
        </span>
      </a>
    </li>
  );
}
