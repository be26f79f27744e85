// How far something is that takes a while and will end.

/** `share` of the whole, 0 to 1. */
export function ProgressBar(props: { share: number; label: string; text: string; testId: string }) {
  const percent = Math.floor(Math.min(1, Math.max(0, props.share)) * 100);
  return (
    <div className="flex flex-col gap-1.5">
      <div
        role="progressbar"
        aria-label={props.label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={props.text}
        data-testid={props.testId}
        className="h-3 rounded-full bg-sunk overflow-hidden"
      >
        <div className="h-full rounded-full bg-crust transition-[width] duration-200 ease-linear" style={{ width: `${percent}%` }} />
      </div>
      <p aria-hidden="true" className="text-sm text-soft tabular-nums flex justify-between gap-4">
        <span>{props.text}</span>
        <span>{percent} %</span>
      </p>
    </div>
  );
}
