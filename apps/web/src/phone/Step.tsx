// The shape of a phone screen: what it is about on top, the thing to do at the thumb.
import type { ReactNode } from 'react';
import { Problem } from '../ui/Problem.tsx';
import { usePhone } from './phone-context.ts';

// A long step goes on below the button: it fades out there instead of being cut.
const fade = 'before:absolute before:inset-x-0 before:bottom-full before:h-8 before:bg-linear-to-t before:from-paper before:to-transparent before:pointer-events-none';

export function Step(props: { picture?: ReactNode; title: ReactNode; text?: ReactNode; children?: ReactNode; actions?: ReactNode }) {
  const { problem } = usePhone().model;
  return (
    <>
      <div className="flex-1 flex flex-col items-center gap-5 px-6 pt-6 pb-4 text-center">
        {props.picture}
        <div className="flex flex-col gap-2">
          <h1 className="text-3xl font-extrabold leading-tight">{props.title}</h1>
          {props.text ? <p className="text-soft text-lg">{props.text}</p> : null}
        </div>
        {problem ? <Problem code={problem.code} /> : null}
        {props.children}
      </div>
      {props.actions ? <div className={`${fade} sticky bottom-0 px-6 pb-6 pt-3 flex flex-col gap-2 bg-paper`}>{props.actions}</div> : null}
    </>
  );
}
