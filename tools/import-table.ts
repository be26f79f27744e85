// Who may import whom: the table of ARCHITECTURE.md as data, checked by `npm run tidy`. A package is no
// wall by itself, any workspace can import any other; this table, run as a check, is.

export type ImportRow = {
  /** Files the row speaks about (path from the root of the repository). */
  readonly from: RegExp;
  readonly exceptFrom?: RegExp;
  /** Our own files they may import; anything else of ours is refused. $1 is the first group of `from`. */
  readonly only?: readonly string[];
  /** Our own files they may never import. */
  readonly never?: readonly string[];
  /** Our own files they may import as types alone. */
  readonly typesOnly?: readonly string[];
  /** 'none': no npm package and no module of Node either. */
  readonly packages?: 'none';
  /** Tests put real parts together: a row about composition says nothing about them. */
  readonly tests?: 'exempt';
  readonly reason: string;
};

export const testFiles = /\.(test|e2e|fuzz|fixture)\.tsx?$|\/testing\//;

/** What tests may import besides: the database harness. */
export const testHarness = /^tools\/test-database\.ts$/;

/** Npm packages a test of a pure package may use all the same. */
export const testPackages: readonly string[] = ['vitest', 'fast-check'];

/** Where adapters and configuration meet: the processes, and the part of one that tests run in their own. */
const compositionRoots = /^apps\/(server\/src\/(main|server|set-up)|vault\/src\/(main|pack\/face-worker))\.ts$|\/adapters\//;

export const importTable: readonly ImportRow[] = [
  {
    from: /^packages\/ledger\//,
    only: ['^packages/ledger/'],
    packages: 'none',
    reason: 'the ledger is pure: no clock, no random, no IO, no other package',
  },
  {
    from: /^packages\/face\//,
    only: ['^packages/face/'],
    packages: 'none',
    reason: 'face is pure maths behind a model port: the same code runs in the vault and in the browser',
  },
  {
    from: /^packages\/protocol\//,
    only: ['^packages/protocol/', '^packages/ledger/src/money\\.ts$'],
    reason: 'what crosses a wire knows amounts, nothing else of the books',
  },
  {
    from: /^apps\/server\//,
    only: ['^apps/server/', '^packages/(ledger|protocol)/'],
    reason: 'the process that moves money cannot see a face',
  },
  {
    from: /^apps\/vault\//,
    only: ['^apps/vault/', '^packages/(face|protocol)/'],
    reason: 'the process that sees faces cannot move money',
  },
  {
    from: /^apps\/web\//,
    only: ['^apps/web/', '^packages/(face|protocol)/', '^packages/ledger/src/money\\.ts$'],
    reason: 'pages know the protocol and amounts; the books stay in the server',
  },
  {
    from: /^apps\/web\//,
    exceptFrom: /^apps\/web\/(build|src\/(kiosk|phone|mini|camera))\//,
    never: ['^packages/face/'],
    reason: 'only pages with a camera carry face code, the others stay light',
  },
  {
    from: /^apps\/server\/src\/api\//,
    never: ['^apps/server/src/(db|adapters)/'],
    tests: 'exempt',
    reason: 'a route authenticates, parses, calls one domain function, renders',
  },
  {
    from: /^apps\/server\/src\/(?!api\/|adapters\/|db\/|testing\/)([^/]+)\//,
    only: ['^apps/server/src/$1/', '^apps/server/src/[^/]+/index\\.ts$', '^apps/server/src/(adapters|db)/', '^packages/(ledger|protocol)/'],
    typesOnly: ['^apps/server/src/adapters/'],
    tests: 'exempt',
    reason: 'a domain reaches another domain only by its index.ts, and adapters only as types',
  },
  {
    from: /^apps\/server\/src\/(adapters|db)\//,
    only: ['^apps/server/src/(adapters|db)/', '^apps/server/src/[^/]+/index\\.ts$', '^packages/(ledger|protocol)/'],
    typesOnly: ['^apps/server/src/(?!adapters/|db/)[^/]+/index\\.ts$'],
    tests: 'exempt',
    reason: 'adapters serve the domains: they know the ports a domain declares in its index.ts, as types, and nothing else of it',
  },
  {
    from: /^apps\/(server|vault)\/src\//,
    exceptFrom: compositionRoots,
    typesOnly: ['^apps/(server|vault)/src/adapters/', '^apps/(server|vault)/src/config\\.ts$'],
    tests: 'exempt',
    reason: 'the composition root alone puts adapters together; everything else is handed them as arguments',
  },
  {
    from: /^apps\/cli\//,
    // One door into the vault's code: it measures models on a folder of photos and opens no database and no
    // key, so that `face calibrate` runs the very pipeline the vault runs, with no vault at hand. And one into the
    // server's: the pure part of the risk engine, so that `risk back-test` judges by the very code that decides. And one for setting up:
    // who may run an installation is said on its machine, on its database, by the code that the operator API runs.
    only: ['^apps/cli/', '^packages/', '^apps/vault/src/calibrate/index\\.ts$', '^apps/server/src/risk/replay\\.ts$', '^apps/server/src/set-up\\.ts$'],
    reason: 'the command composes public parts and decides nothing',
  },
  {
    from: /^(packages|apps)\//,
    exceptFrom: /^apps\/cli\//,
    never: ['^(apps/cli|e2e|bench|torture|sim)/'],
    reason: 'the product does not depend on its command line, tests, benches, torture or simulations',
  },
];
