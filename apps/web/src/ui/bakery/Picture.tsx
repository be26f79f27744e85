// The drawing of a menu item: our own, by name, with a plain one for each kind of item.
import type { ReactNode } from 'react';
import { drawings } from './drawings.tsx';

const byCategory = { bread: 'country-loaf', pastry: 'croissant', cake: 'cheesecake', drink: 'coffee' } as const;

export function Picture(props: { name: string; category: keyof typeof byCategory; className?: string }): ReactNode {
  const name = Object.hasOwn(drawings, props.name) ? (props.name as keyof typeof drawings) : byCategory[props.category];
  return (
    <svg aria-hidden="true" viewBox="0 0 96 72" className={props.className}>
      <ellipse cx="48" cy="64" rx="34" ry="4" fill="var(--sunk)" />
      {drawings[name]}
    </svg>
  );
}
