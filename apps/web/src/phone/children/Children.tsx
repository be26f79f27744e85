// A guardian's children: who they are, whether they pay, what they have.
import type { Child, Children as Read } from '@sonrisa/protocol/children-api.ts';
import { ChevronRight, Plus, Smile, Users } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { Fetched } from '../../ui/Fetched.tsx';
import { Money } from '../../ui/Money.tsx';
import { BackToWallet } from '../Back.tsx';
import { usePhone } from '../phone-context.ts';
import { useChildren } from './use-children.ts';

export function Children() {
  const { t } = useTranslation('children');
  const children = useChildren();
  return (
    <div className="flex-1 flex flex-col gap-4 px-5 py-4">
      <BackToWallet />
      <h1 className="text-2xl font-extrabold">{t('title')}</h1>
      <p className="text-soft">{t('text')}</p>
      <Fetched query={children}>{(read) => <Shown read={read} />}</Fetched>
    </div>
  );
}

function Shown({ read }: { read: Read }) {
  const { t } = useTranslation('children');
  const { send } = usePhone();
  const open = read.children.filter(({ state }) => state !== 'closed');
  return (
    <>
      {open.length === 0 ? (
        <p data-testid="no-children" className="rounded-3xl bg-sunk px-5 py-8 text-center text-soft flex flex-col items-center gap-3">
          <Users aria-hidden="true" className="size-9" /> {t('none')}
        </p>
      ) : (
        <ul className="flex flex-col gap-3">
          {open.map((child) => (
            <li key={child.id}>
              <Row child={child} />
            </li>
          ))}
        </ul>
      )}
      <Button look="primary" wide testId="add-child" disabled={open.length >= read.childrenMax} onClick={() => send({ type: 'add_child_wanted' })}>
        <Plus aria-hidden="true" /> {t('add')}
      </Button>
      {open.length >= read.childrenMax ? <p className="text-sm text-soft text-center">{t('full', { n: read.childrenMax })}</p> : null}
    </>
  );
}

function Row({ child }: { child: Child }) {
  const { t } = useTranslation('children');
  const { send } = usePhone();
  const pays = child.state === 'on' && !child.needsNewLook;
  return (
    <button
      type="button"
      data-testid="child"
      data-state={child.state}
      className="w-full rounded-[2rem] bg-card border border-line hover:border-edge px-5 py-4 flex items-center gap-3 text-left transition-colors duration-150"
      onClick={() => send({ type: 'child_wanted', childId: child.id })}
    >
      <span className={`size-12 shrink-0 rounded-full flex items-center justify-center ${pays ? 'bg-good-glow text-good' : 'bg-sunk text-soft'}`}>
        <Smile aria-hidden="true" />
      </span>
      <span className="flex-1 min-w-0">
        <span className="block font-bold break-words">{child.name}</span>
        <span className="block text-sm text-soft">
          {t('age', { n: child.ageYears })} · {t(child.needsNewLook ? 'state_new_look' : `state_${child.state}`)}
        </span>
      </span>
      <Money amount={child.balance} />
      <ChevronRight aria-hidden="true" className="size-6 shrink-0 text-soft" />
    </button>
  );
}
