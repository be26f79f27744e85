// The pure part of the engine, for who replays recorded decisions with no server at hand (`sonrisa risk back-test`).
export { createBackTest, type BackTest } from './back-test.ts';
export { compileRules, type Compiled, type CompiledRules } from './compile-rules.ts';
export { decide } from './decide.ts';
export { countRecordedSql, recordedOf, recordedSql } from './recorded.ts';
