// A round coloured spot that holds one icon.
import type { ReactNode } from 'react';

export function Spot(props: { children: ReactNode }) {
  return <span className="size-20 rounded-full bg-glow text-crust flex items-center justify-center animate-pop">{props.children}</span>;
}
