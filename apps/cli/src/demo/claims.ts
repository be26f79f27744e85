// What Sonrisa says of itself, and what was seen here: the demo fails when the two differ.

export type Claim = { readonly said: string; readonly seen: string; readonly holds: boolean };

export type Claims = {
  readonly all: readonly Claim[];
  /** Notes one claim. A scene that throws notes its own failure by `attempt`. */
  note(claim: Claim): void;
  /** Runs a scene; whatever it throws becomes a claim that does not hold. */
  attempt(said: string, scene: () => Promise<Omit<Claim, 'said'>>): Promise<void>;
};

export function createClaims(): Claims {
  const all: Claim[] = [];
  return {
    all,
    note: (claim) => void all.push(claim),
    attempt: async (said, scene) => {
      try {
        all.push({ said, ...(await scene()) });
      } catch (error) {
        all.push({ said, seen: error instanceof Error ? error.message : String(error), holds: false });
      }
    },
  };
}
