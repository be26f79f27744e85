// Everything that is written down of operators (apps/server/src/operators/acts.ts), by what it is called: route or command of the machine, and
// under which kind a page finds it. A test holds this against the routes; the command line's names are checked by the compiler.

export const operatorActKinds = ['cases', 'faces', 'shoppers', 'merchants', 'terminals', 'money', 'risk', 'installation'] as const;
export type OperatorActKind = (typeof operatorActKinds)[number];

export const operatorActs = {
  case_closed: { kind: 'cases', route: 'POST cases/:id/close' },
  dispute_opened: { kind: 'cases', route: 'POST disputes' },
  dispute_recovered: { kind: 'cases', route: 'POST disputes/:id/recoveries' },
  dispute_lost: { kind: 'cases', route: 'POST disputes/:id/loss' },
  faces_decided: { kind: 'faces', route: 'POST face-reviews/:id/close' },
  face_pin_cleared: { kind: 'faces', route: 'POST payers/:id/face-pin-lock/clear' },
  terminal_faces_cleared: { kind: 'faces', route: 'POST terminals/:id/face-attempts/clear' },
  store_faces_cleared: { kind: 'faces', route: 'POST stores/:id/face-attempts/clear' },
  identity_set: { kind: 'shoppers', route: 'PUT payers/:id/identity' },
  recovery_sought: { kind: 'shoppers', route: 'POST recoveries/find' },
  recovery_attested: { kind: 'shoppers', route: 'POST recoveries/:id/attest' },
  limits_set: { kind: 'shoppers', route: 'PUT limits' },
  merchant_added: { kind: 'merchants', route: 'POST merchants', command: 'sonrisa merchant add' },
  menu_set: { kind: 'merchants', route: 'PUT merchants/:id/menu', command: 'sonrisa merchant menu' },
  key_added: { kind: 'merchants', route: 'POST merchants/:id/keys', command: 'sonrisa merchant key-add' },
  key_revoked: { kind: 'merchants', route: 'POST merchants/:id/keys/:keyId/revoke', command: 'sonrisa merchant key-off' },
  merchant_limits_set: { kind: 'merchants', route: 'PUT merchants/:id/limits' },
  fees_set: { kind: 'merchants', route: 'PUT merchants/:id/fees' },
  store_added: { kind: 'merchants', route: 'POST merchants/:id/stores', command: 'sonrisa store add' },
  store_placed: { kind: 'merchants', route: 'PUT stores/:id/place' },
  store_networks_set: { kind: 'terminals', route: 'PUT stores/:id/networks' },
  terminal_code_issued: { kind: 'terminals', route: 'POST stores/:id/activation-codes', command: 'sonrisa store code' },
  terminal_revoked: { kind: 'terminals', route: 'POST terminals/:id/revoke' },
  network_confirmed: { kind: 'terminals', route: 'POST terminals/:id/confirm-network' },
  merchant_account_proposed: { kind: 'money', route: 'PUT merchants/:id/bank-account', command: 'sonrisa merchant account' },
  own_account_proposed: { kind: 'money', route: 'PUT bank-account' },
  proposal_approved: { kind: 'money', route: 'POST proposals/:id/approve' },
  proposal_refused: { kind: 'money', route: 'POST proposals/:id/refuse' },
  payout_file_made: { kind: 'money', route: 'POST payout-files' },
  payout_confirmed: { kind: 'money', route: 'POST payouts/:id/confirm' },
  payout_return_proposed: { kind: 'money', route: 'POST payouts/:id/return' },
  adjustment_proposed: { kind: 'money', route: 'POST adjustments' },
  adjustment_approved: { kind: 'money', route: 'POST adjustments/:id/approve' },
  adjustment_refused: { kind: 'money', route: 'POST adjustments/:id/refuse' },
  statement_imported: { kind: 'money', route: 'POST bank-statements' },
  break_assigned: { kind: 'money', route: 'POST breaks/:id/assign' },
  break_resolved: { kind: 'money', route: 'POST breaks/:id/resolve' },
  books_audited: { kind: 'money', route: 'POST audit/run' },
  rules_added: { kind: 'risk', route: 'POST risk/rule-sets' },
  rules_rolled_out: { kind: 'risk', route: 'PUT risk/roll-out' },
  rules_rolled_back: { kind: 'risk', route: 'POST risk/roll-back' },
  person_added: { kind: 'installation', route: 'POST people', command: 'sonrisa person add' },
  person_switched_off: { kind: 'installation', command: 'sonrisa person off' },
} as const satisfies Record<string, { kind: OperatorActKind; route?: string; command?: string }>;

export type OperatorActName = keyof typeof operatorActs;
type Named = (typeof operatorActs)[OperatorActName];
/** What the command line writes down. */
export type MachineAct = Extract<Named, { command: string }>['command'];

// As the trail has them.
const kept = ({ route, command }: { route?: string; command?: string }): string[] =>
  [...(route === undefined ? [] : [route.replace(' ', ' /api/operator/')]), ...(command === undefined ? [] : [command])];

const names = new Map((Object.keys(operatorActs) as OperatorActName[]).flatMap((name) => kept(operatorActs[name]).map((act) => [act, name] as const)));

/** Undefined for an act of a version that is newer or older than this one. */
export const operatorActName = (act: string): OperatorActName | undefined => names.get(act);

export const operatorActsOfKind = (kind: OperatorActKind): string[] => [...names].filter(([, name]) => operatorActs[name].kind === kind).map(([act]) => act);
