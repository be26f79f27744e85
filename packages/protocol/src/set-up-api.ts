// Setting an installation up: merchants, their stores, keys and menus, and the people who run it. For people with a token
// (prefix /api/operator) and for the command line, which reads the same shapes.
//
//   GET  people                                  who has a token, and who had one
//   GET  acts?personId=&by=&kind=&subject=&fromMs=&untilMs=&before=&limit=   who did what, newest first; `before`: the number of the last one read
//   GET  merchants?limit=                        newest first
//   POST merchants                               a merchant                                        (Idempotency-Key)
//   GET  merchants/:id                           with its stores and keys
//   POST merchants/:id/stores                    a store                                           (Idempotency-Key)
//   PUT  merchants/:id/menu                      what its kiosks sell                              (Idempotency-Key)
//   POST merchants/:id/keys                      a key for the merchant API, shown once
//   POST merchants/:id/keys/:keyId/revoke        it opens nothing any more                         (Idempotency-Key)
//   POST stores/:id/activation-codes             a code for one live terminal, shown once
//
// People are added and switched off on the machine itself (`sonrisa person`): whoever holds a token cannot make a second
// person to agree with.
import { z } from 'zod';
import { idSchema } from './ids.ts';
import { feesSchema } from './money-api.ts';
import { operatorActKinds } from './operator-acts.ts';
import { menuItemSchema } from './terminal-api.ts';
import { textSchema } from './text.ts';

const notBlank = (text: string): boolean => text.trim() !== '';
export const nameSchema = (max: number) => textSchema({ max }).refine(notBlank, 'a name');
const size = z.string().regex(/^(0|[1-9]\d{0,14})$/, 'a whole number of minor units');

export const timeZoneSchema = textSchema({ max: 64 }).refine(isTimeZone, 'a time zone of the IANA database, like Asia/Shanghai');
export const storePlaceSchema = z.strictObject({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) });

export const menuItemsMax = 200;
const menuItem = menuItemSchema.extend({
  id: z.string().regex(/^[a-z0-9-]{1,40}$/, 'small letters, digits and dashes'),
  name: nameSchema(80),
  nameZh: nameSchema(80),
  unitAmountMinor: size,
  picture: z.string().regex(/^[a-z0-9-]{0,40}$/, 'the name of a drawing'),
}).strict();
export const setMenuSchema = z.strictObject({
  items: z.array(menuItem).max(menuItemsMax).refine((items) => new Set(items.map(({ id }) => id)).size === items.length, 'two items have one id'),
});

export const newMerchantSchema = z.strictObject({
  name: nameSchema(80),
  nameZh: nameSchema(80),
  currency: z.string().regex(/^[A-Z]{3}$/, 'an ISO 4217 code'),
  categoryCode: z.string().regex(/^[0-9]{4}$/, 'a merchant category code of ISO 18245'),
  fees: feesSchema,
});
export type NewMerchant = z.infer<typeof newMerchantSchema>;

export const newStoreSchema = z.strictObject({
  name: nameSchema(80),
  nameZh: nameSchema(80),
  address: textSchema({ min: 0, max: 200 }).default(''),
  timeZone: timeZoneSchema,
  /** From this amount on the PIN is asked, in minor units of the merchant's currency. */
  pinFromMinor: size.default('20000'),
  /** Where it stands, for the rules of risk; null: nobody said. */
  place: storePlaceSchema.nullable().default(null),
});
export type NewStore = z.infer<typeof newStoreSchema>;

/** The label of the key that every sandbox hands out; no other key may carry it. */
export const sandboxKeyLabel = 'sandbox';
export const newKeySchema = z.strictObject({ label: nameSchema(40).refine((label) => label !== sandboxKeyLabel, 'another label: this one is of sandboxes') });

export const storeSchema = z.object({
  id: idSchema('store'), merchantId: idSchema('merchant'), name: z.string(), nameZh: z.string(), address: z.string(), timeZone: z.string(), pinFromMinor: z.string(),
  place: storePlaceSchema.nullable(), createdAtMs: z.number(),
});
export type Store = z.infer<typeof storeSchema>;
export const merchantSchema = z.object({
  id: idSchema('merchant'), name: z.string(), nameZh: z.string(), currency: z.string(), categoryCode: z.string().nullable(), fees: feesSchema, stores: z.number().int(), menuItems: z.number().int(),
  createdAtMs: z.number(),
});
export type Merchant = z.infer<typeof merchantSchema>;
export const merchantsSchema = z.object({ merchants: z.array(merchantSchema) });
export const merchantKeySchema = z.object({ id: idSchema('merchantKey'), label: z.string(), createdAtMs: z.number(), revokedAtMs: z.number().nullable() });
export type MerchantKey = z.infer<typeof merchantKeySchema>;
/** The key itself is told once. */
export const mintedKeySchema = merchantKeySchema.extend({ key: z.string() });
export type MintedKey = z.infer<typeof mintedKeySchema>;
export const merchantDetailsSchema = merchantSchema.extend({ storeList: z.array(storeSchema), keys: z.array(merchantKeySchema) });
export type MerchantDetails = z.infer<typeof merchantDetailsSchema>;
export const menuSetSchema = z.object({ merchantId: idSchema('merchant'), items: z.number().int() });

export const personSeenSchema = z.object({ id: idSchema('operatorPerson'), name: z.string(), addedAtMs: z.number(), switchedOffAtMs: z.number().nullable() });
export type PersonSeen = z.infer<typeof personSeenSchema>;
export const peopleSchema = z.object({ people: z.array(personSeenSchema) });

/** Every write of an operator. `status`: of the answer; null: there was none. */
export const operatorActSchema = z.object({
  number: z.string(), atMs: z.number(), by: z.enum(['person', 'token', 'machine']), personId: z.string().nullable(), personName: z.string().nullable(),
  act: z.string(), subject: z.string().nullable(), body: z.unknown(), status: z.number().int().nullable(),
});
export type OperatorAct = z.infer<typeof operatorActSchema>;
export const operatorActsSchema = z.object({ acts: z.array(operatorActSchema) });
const momentSchema = z.coerce.number().int().min(0).max(8_640_000_000_000_000);
/** Of a person, or of everybody who is none; from the first moment on and before the second. */
export const operatorActsQuerySchema = z.object({
  personId: idSchema('operatorPerson').optional(),
  by: operatorActSchema.shape.by.optional(),
  kind: z.enum(operatorActKinds).optional(),
  subject: z.string().max(64).optional(),
  fromMs: momentSchema.optional(),
  untilMs: momentSchema.optional(),
  before: z.string().regex(/^[1-9][0-9]{0,17}$/, 'the number of an act').optional(),
});
export type OperatorActsQuery = z.infer<typeof operatorActsQuerySchema>;

export function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    // An offset is a zone to Intl and means its opposite to PostgreSQL.
    return /^[A-Z]/.test(timeZone);
  } catch {
    return false;
  }
}
