// An amount, with the figure bigger than its symbol. The biggest thing on any paying screen.
import type { WireAmount } from '@sonrisa/protocol/amount.ts';
import { intlLocale } from '../i18n/language.ts';
import { useLanguage } from '../i18n/setup.ts';
import { moneyParts, moneyText } from './money-text.ts';

const sizes = {
  line: 'text-base font-bold',
  card: 'text-2xl font-extrabold',
  large: 'text-5xl font-extrabold tracking-tight',
  huge: 'text-7xl font-extrabold tracking-tight',
};

export function Money(props: { amount: WireAmount; size?: keyof typeof sizes; testId?: string }) {
  const { language } = useLanguage();
  const locale = intlLocale(language);
  const text = moneyText(props.amount, locale);
  const size = props.size ?? 'line';
  // A very long amount steps down a size rather than breaking the screen.
  const fitted = size === 'huge' && text.length > 9 ? sizes.large : sizes[size];
  return (
    <span className={`${fitted} whitespace-nowrap tabular-nums`} data-testid={props.testId}>
      <span className="sr-only">{text}</span>
      <span aria-hidden="true">
        {moneyParts(props.amount, locale).map((part, index) => (
          <span key={index} className={size !== 'line' && part.kind !== 'whole' ? 'text-[0.62em] font-bold' : ''}>
            {part.text}
          </span>
        ))}
      </span>
    </span>
  );
}
