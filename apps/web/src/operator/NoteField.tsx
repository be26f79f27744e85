// Why somebody of the back office does something, in their words.
export function NoteField(props: { label: string; value: string; rows: number; max: number; testId: string; onChange: (value: string) => void }) {
  return (
    <label className="block font-bold">
      {props.label}
      <textarea
        data-testid={props.testId}
        rows={props.rows}
        maxLength={props.max}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
        className="mt-1.5 w-full rounded-2xl border-2 border-edge bg-card px-4 py-3 font-normal"
      />
    </label>
  );
}
