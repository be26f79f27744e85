// XML in and out. Values stay text: nothing may be read as a floating-point number on its way to an amount.
import { XMLBuilder, XMLParser, XMLValidator } from 'fast-xml-parser';
import { StatementUnreadable } from './unreadable.ts';

/** Elements that may come several times are always lists. */
const lists = new Set(['Stmt', 'Bal', 'Ntry', 'NtryDtls', 'TxDtls', 'PmtInf', 'CdtTrfTxInf', 'OrgnlPmtInfAndSts', 'TxInfAndSts', 'StsRsnInf', 'Ustrd', 'AddtlInf']);

export function writeXml(document: object): string {
  const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@', format: true });
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build(document)}`;
}

/** Throws StatementUnreadable. A document type declaration is refused: no bank sends one, and entities are how XML attacks. */
export function readXml(text: string): XmlNode {
  if (/<!DOCTYPE/i.test(text)) throw new StatementUnreadable('a document type declaration is not taken');
  if (XMLValidator.validate(text) !== true) throw new StatementUnreadable('the file is not well-formed XML');
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseTagValue: false,
    parseAttributeValue: false,
    removeNSPrefix: true,
    isArray: (name) => lists.has(name),
  });
  return new XmlNode(parser.parse(text) as unknown, '');
}

/** One element, walked by name; what is not there is an empty one. */
export class XmlNode {
  readonly #value: unknown;
  readonly #path: string;
  constructor(value: unknown, path: string) {
    this.#value = value;
    this.#path = path;
  }

  get exists(): boolean {
    return this.#value !== undefined;
  }

  at(...names: string[]): XmlNode {
    return names.reduce<XmlNode>((node, name) => new XmlNode(firstOf(childOf(node.#value, name)), `${node.#path}/${name}`), this);
  }

  all(name: string): XmlNode[] {
    const child = childOf(this.#value, name);
    const list = child === undefined ? [] : Array.isArray(child) ? (child as unknown[]) : [child];
    return list.map((each, index) => new XmlNode(each, `${this.#path}/${name}[${index + 1}]`));
  }

  /** Empty when there is none. */
  get text(): string {
    if (typeof this.#value === 'string') return this.#value;
    const inner = childOf(this.#value, '#text');
    return typeof inner === 'string' ? inner : '';
  }

  attribute(name: string): string {
    const value = childOf(this.#value, `@${name}`);
    return typeof value === 'string' ? value : '';
  }

  /** Throws StatementUnreadable. */
  get required(): string {
    const { text } = this;
    if (text === '') throw new StatementUnreadable(`${this.#path} is missing`);
    return text;
  }
}

function childOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? (value as unknown[])[0] : value;
}
