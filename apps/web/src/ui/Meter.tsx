// How much of something is used.

/** `share` of the whole, 0 to 1; more is full. */
export function Meter(props: { share: number; label: string; text: string }) {
  const percent = Math.round(Math.min(1, Math.max(0, props.share)) * 100);
  return (
    <div role="meter" aria-label={props.label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent} aria-valuetext={props.text} className="h-2 rounded-full bg-sunk overflow-hidden">
      <div className={`h-full rounded-full ${percent >= 90 ? 'bg-warn' : 'bg-crust'}`} style={{ width: `${percent}%` }} />
    </div>
  );
}
