// The two shapes a state of the till takes: one thing in the middle, or that with a picture on top.
import type { ReactNode } from 'react';

type ScreenProps = { title?: ReactNode; picture?: ReactNode; text?: ReactNode; children?: ReactNode; actions?: ReactNode; /** Takes all of a wide screen's width. */ wide?: boolean; /** Side by side on a wide screen, where there would be no room for them one below the other. */ actionsAside?: boolean };

/**
 * `aside` (a number pad) stands below on an upright screen and beside on a wide one. `below` comes after it on an upright
 * screen, so that nothing stands between what is asked and where it is answered; on a wide one it ends the first column.
 */
export function Screen(props: ScreenProps & { aside?: ReactNode; below?: ReactNode }) {
  if (!props.aside) return <Column {...props} />;
  return (
    <div className="m-auto w-full grid justify-items-center landscape:grid-cols-2 landscape:grid-rows-[1fr_1fr] landscape:max-w-5xl landscape:px-6">
      <div className={`w-full landscape:col-start-1 ${props.below ? 'landscape:self-end' : 'landscape:row-span-2 landscape:self-center'}`}>
        <Column {...props} tight />
      </div>
      <div className="w-full max-w-md px-6 pb-4 landscape:py-4 landscape:col-start-2 landscape:row-start-1 landscape:row-span-2 landscape:self-center">{props.aside}</div>
      {props.below ? <div className="w-full max-w-108 px-6 pb-4 flex flex-col items-center gap-4 text-center landscape:col-start-1 landscape:row-start-2">{props.below}</div> : null}
    </div>
  );
}

function Column(props: ScreenProps & { tight?: boolean }) {
  return (
    <div className={`m-auto w-full ${props.wide ? 'max-w-2xl landscape:max-w-none' : 'max-w-2xl'} px-6 flex flex-col items-center text-center landscape:gap-4 landscape:py-3 ${props.tight ? 'gap-4 py-3' : 'gap-6 py-6'}`}>
      {props.picture}
      {props.title ? <h1 className="text-4xl font-extrabold leading-tight">{props.title}</h1> : null}
      {props.text ? <p className="text-xl text-soft max-w-lg">{props.text}</p> : null}
      {props.children}
      {props.actions ? <div className={`w-full max-w-md flex flex-col gap-3 mt-2 ${props.actionsAside ? 'landscape:max-w-5xl landscape:grid landscape:auto-cols-fr landscape:grid-flow-col' : ''}`}>{props.actions}</div> : null}
    </div>
  );
}

/** A round coloured spot that holds one icon. */
export function Spot(props: { children: ReactNode; tone?: 'glow' | 'good' | 'warn' }) {
  const tone = { glow: 'bg-glow text-crust', good: 'bg-good-glow text-good', warn: 'bg-warn-glow text-warn' }[props.tone ?? 'glow'];
  return <span className={`size-28 landscape:size-20 shrink-0 rounded-full flex items-center justify-center animate-pop ${tone}`}>{props.children}</span>;
}
