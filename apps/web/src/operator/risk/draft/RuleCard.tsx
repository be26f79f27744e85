// A rule of the draft in its list: its sentence, and what can be done with it; opened, its fields.
import { ArrowDown, ArrowUp, Pencil, Trash2, type LucideIcon } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useLanguage } from '../../../i18n/setup.ts';
import { Outcome } from '../../Outcome.tsx';
import type { RuleState } from './draft.ts';
import { RuleFields, type FieldsProps } from './RuleFields.tsx';
import { useSentence } from './use-sentence.ts';

export type CardProps = FieldsProps & {
  place: number;
  of: number;
  state: RuleState;
  isOpen: boolean;
  /** Fields to put right, whether said or not. */
  faulty: number;
  onOpen: (open: boolean) => void;
  onMove: (by: 1 | -1) => void;
  onSwitch: (on: boolean) => void;
  onRemove: () => void;
};

export function RuleCard(props: CardProps) {
  const { t } = useTranslation('rules');
  const { language } = useLanguage();
  const words = useSentence();
  const { rule, place, of, isOpen } = props;
  const reason = rule[language].trim() || rule.id || t('unnamed');
  const named = (what: string): string => t('ofRule', { what, rule: reason });
  return (
    <li data-testid="draft-rule" data-key={rule.key} data-rule={rule.id} data-state={props.state} data-off={rule.off} className={`rounded-3xl border-2 p-4 max-sm:p-3 min-w-0 ${isOpen ? 'border-crust/60' : 'border-line'}`}>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="flex-1 min-w-60">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span className="text-sm font-bold text-soft tabular-nums">{place}.</span>
            <span className={`font-bold [overflow-wrap:anywhere] ${rule.off ? 'text-soft line-through' : ''}`}>{reason}</span>
            <Outcome outcome={rule.outcome} />
            {props.state === 'same' ? null : <Chip look="bg-glow text-ink">{t(`state_${props.state}`)}</Chip>}
            {rule.off ? <Chip look="bg-sunk text-soft">{t('state_off')}</Chip> : null}
            {props.faulty === 0 ? null : <Chip look="bg-warn-glow text-warn">{props.faulty === 1 ? t('faulty_one') : t('faulty_many', { n: props.faulty })}</Chip>}
          </p>
        </div>
        <div className="flex flex-wrap items-center gap-1 -my-1 max-sm:w-full">
          <label className="min-h-12 px-2 inline-flex items-center gap-2 text-sm font-bold">
            <input type="checkbox" role="switch" data-testid="switch" aria-label={named(t('on'))} className="size-5 accent-crust" checked={!rule.off} onChange={(event) => props.onSwitch(event.target.checked)} />
            <span aria-hidden="true">{t('on')}</span>
          </label>
          <IconButton icon={ArrowUp} label={named(t('up'))} testId="move-up" isDead={place === 1} onClick={() => props.onMove(-1)} />
          <IconButton icon={ArrowDown} label={named(t('down'))} testId="move-down" isDead={place === of} onClick={() => props.onMove(1)} />
          <IconButton icon={Trash2} label={named(t('remove'))} testId="remove" onClick={props.onRemove} />
          <button
            type="button" data-testid="edit" aria-expanded={isOpen} aria-label={named(t(isOpen ? 'done' : 'edit'))} onClick={() => props.onOpen(!isOpen)}
            className="min-h-12 px-4 max-sm:ml-auto inline-flex items-center gap-2 rounded-full bg-glow font-bold hover:brightness-[0.97]"
          >
            <Pencil aria-hidden="true" className="size-4" /> {t(isOpen ? 'done' : 'edit')}
          </button>
        </div>
      </div>
      {rule.said === null ? (
        <code className="mt-2 block text-sm text-soft [overflow-wrap:anywhere]">{rule.text || t('unfinished')}</code>
      ) : (
        <p data-testid="sentence" className="mt-2 text-soft [overflow-wrap:anywhere]">{words.whole({ said: rule.said, outcome: rule.outcome }, props.currency)}</p>
      )}
      {isOpen ? <RuleFields {...props} /> : null}
    </li>
  );
}

const Chip = ({ look, children }: { look: string; children: string }) => <span className={`rounded-full px-2.5 py-0.5 text-xs font-bold whitespace-nowrap ${look}`}>{children}</span>;

/** `isDead`: it keeps its focus, and does nothing. */
function IconButton(props: { icon: LucideIcon; label: string; testId: string; isDead?: boolean; onClick: () => void }) {
  return (
    <button
      type="button" data-testid={props.testId} aria-label={props.label} title={props.label} aria-disabled={props.isDead ?? false} onClick={props.isDead ? undefined : props.onClick}
      className="size-12 rounded-full inline-flex items-center justify-center hover:bg-sunk aria-disabled:opacity-40 aria-disabled:hover:bg-transparent"
    >
      <props.icon aria-hidden="true" className="size-5" />
    </button>
  );
}
