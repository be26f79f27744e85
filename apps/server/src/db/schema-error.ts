// Why a database is not used: a sentence for the person who starts the server, and a code.

export class SchemaError extends Error {
  readonly code: 'schema_newer' | 'schema_older' | 'schema_changed' | 'database_unsafe' | 'migrations_missing' | 'mode_other' | 'role_missing' | 'role_too_strong';
  constructor(code: SchemaError['code'], message: string) {
    super(message);
    this.name = 'SchemaError';
    this.code = code;
  }
}
