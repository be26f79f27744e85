// Adding a child: who it is, what it may spend and where, the guardian's consent and proof. Then the child looks into the phone.
import { childCategories, type AddChild as Wanted, type Children } from '@sonrisa/protocol/children-api.ts';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from '../../ui/Card.tsx';
import { Fetched } from '../../ui/Fetched.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { minorOf } from '../../ui/minor-of.ts';
import { usePhone } from '../phone-context.ts';
import { BackToChildren } from '../Back.tsx';
import { type Agreed, GuardianConsent } from './GuardianConsent.tsx';
import { useChildren } from './use-children.ts';

const sums = ['payment', 'day', 'month'] as const;
type Category = Wanted['categories'][number];
/** Ticked to begin with: what a child on its way to school buys. */
const usual: readonly Category[] = ['food', 'goods', 'transport'];

export function AddChild() {
  const { t } = useTranslation('children');
  const children = useChildren();
  return (
    <div className="flex-1 flex flex-col gap-4 px-5 py-4">
      <BackToChildren />
      <h1 className="text-2xl font-extrabold">{t('addTitle')}</h1>
      <Fetched query={children}>{(read) => <Form read={read} />}</Fetched>
    </div>
  );
}

function Form({ read }: { read: Children }) {
  const { t } = useTranslation('children');
  const [name, setName] = useState('');
  const [bornOn, setBornOn] = useState('');
  const [typed, setTyped] = useState(() => ({ payment: majorOf(read, 'payment'), day: majorOf(read, 'day'), month: majorOf(read, 'month') }));
  const [categories, setCategories] = useState<readonly Category[]>(usual);
  const add = useAdd();
  const minors = { payment: minorOf(typed.payment, read.currency), day: minorOf(typed.day, read.currency), month: minorOf(typed.month, read.currency) };
  const { payment, day, month } = minors;
  const limits = payment === null || day === null || month === null ? null : { payment, day, month };
  const isWhole = name.trim() !== '' && bornOn !== '' && limits !== null;
  return (
    <>
      <Card className="flex flex-col gap-4">
        <TextField label={t('name')} note={t('nameNote')} testId="child-name" autoComplete="off" maxLength={40} value={name} onChange={setName} />
        <TextField label={t('bornOn')} note={t('bornOnNote', { n: read.adultAgeYears })} testId="child-born" type="date" max={read.today} value={bornOn} onChange={setBornOn} />
      </Card>
      <Card className="flex flex-col gap-4">
        <h2 className="text-lg font-extrabold">{t('limitsTitle')}</h2>
        {sums.map((kind) => (
          <TextField
            key={kind}
            label={t(`limits:kind_${kind}`)}
            note={t('inCurrency', { currency: read.currency })}
            testId={`child-limit-${kind}`}
            inputMode="decimal"
            autoComplete="off"
            value={typed[kind]}
            onChange={(value) => setTyped({ ...typed, [kind]: value })}
          />
        ))}
      </Card>
      <Categories chosen={categories} onChange={setCategories} />
      <GuardianConsent
        who={isWhole ? { guardianId: read.guardianId, name, bornOn, passkeyIds: read.passkeyIds } : null}
        button={t('agreeAndAdd')}
        onAgreed={async (agreed) => {
          if (limits) await add({ name, bornOn, limits, categories: [...categories], ...agreed });
        }}
      />
    </>
  );
}

function Categories(props: { chosen: readonly Category[]; onChange: (chosen: Category[]) => void }) {
  const { t } = useTranslation('children');
  const { chosen, onChange } = props;
  return (
    <Card className="flex flex-col gap-2">
      <h2 className="text-lg font-extrabold">{t('categoriesTitle')}</h2>
      <p className="text-soft text-sm">{t('categoriesText')}</p>
      {childCategories.map((category) => (
        <label key={category} className="min-h-12 flex items-center gap-3 font-semibold">
          <input
            type="checkbox"
            data-testid={`category-${category}`}
            className="size-5 accent-crust"
            checked={chosen.includes(category)}
            onChange={(event) => onChange(event.target.checked ? [...chosen, category] : chosen.filter((each) => each !== category))}
          />
          {t(`limits:kind_${category}`)}
        </label>
      ))}
    </Card>
  );
}

function useAdd(): (wanted: Omit<Wanted, 'consent' | 'proof'> & Agreed) => Promise<void> {
  const { model, send, tools } = usePhone();
  const queries = useQueryClient();
  // Kept while the same child is tried again, so that a lost answer adds nobody twice.
  const intent = useRef<{ text: string; key: string } | null>(null);
  return async (wanted) => {
    const text = JSON.stringify(wanted);
    if (intent.current?.text !== text) intent.current = { text, key: tools.newKey() };
    const child = await tools.children.add(model.session ?? '', wanted, intent.current.key);
    await queries.invalidateQueries({ queryKey: ['children'] });
    send({ type: 'child_look_wanted', childId: child.id });
  };
}

// What the server suggests is whole units of its currency's minor ones.
function majorOf({ limits, currency }: Children, kind: (typeof sums)[number]): string {
  const one = BigInt(minorOf('1', currency) ?? '1');
  return String(BigInt(limits[kind]) / one);
}
