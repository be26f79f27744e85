// A soft raised surface.
import type { ReactNode } from 'react';

export function Card(props: { children: ReactNode; className?: string; testId?: string }) {
  return (
    <div data-testid={props.testId} className={`rounded-[2rem] bg-card border border-line p-6 ${props.className ?? ''}`}>
      {props.children}
    </div>
  );
}
