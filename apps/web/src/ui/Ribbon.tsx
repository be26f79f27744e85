// Says on every page of a sandbox that faces are not checked for being alive, or on a live terminal of one, that money is play money.
import { FlaskConical } from 'lucide-react';
import { useTranslation } from 'react-i18next';

export function Ribbon(props: { extra?: string; live?: boolean }) {
  const { t } = useTranslation('ui');
  return (
    <aside data-testid="sandbox-ribbon" className="flex items-center justify-center gap-2 bg-ribbon text-on-ribbon px-4 py-1.5 text-xs font-semibold text-center">
      <FlaskConical aria-hidden="true" className="size-4 shrink-0" />
      <span>
        {t(props.live ? 'sandboxRibbonLive' : 'sandboxRibbon')}
        {props.extra ? <span className="font-normal"> · {props.extra}</span> : null}
      </span>
    </aside>
  );
}
