// A card of evidence: a heading, and what was recorded, word by word.
import type { ReactNode } from 'react';
import { Card } from '../../ui/Card.tsx';

export function FactsCard(props: { title: string; testId: string; children: ReactNode }) {
  return (
    <Card className="flex flex-col gap-4" testId={props.testId}>
      <h3 className="text-lg font-extrabold">{props.title}</h3>
      {props.children}
    </Card>
  );
}

export const FactList = ({ children }: { children: ReactNode }) => <dl className="grid gap-x-8 gap-y-3 sm:grid-cols-2">{children}</dl>;

export function Fact(props: { name: string; wide?: boolean; children: ReactNode }) {
  return (
    <div className={props.wide ? 'sm:col-span-2' : ''}>
      <dt className="text-sm text-soft">{props.name}</dt>
      <dd className="font-semibold [overflow-wrap:anywhere]">{props.children}</dd>
    </div>
  );
}
