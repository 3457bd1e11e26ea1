// The words of the page. A text stands in English where it is read, as t`Delete ${name}?`; src/locales/dashboard.pot lists them all.
// For another language the same texts are looked up in a file that is fetched before anything is shown.
import { createElement, Fragment, type ReactNode } from 'react';

import { stored } from './stored';

type Plain = string | number;

/** What a language has for an English text; several forms where it is counted. */
type Texts = Record<string, string | string[]>;

const ENGLISH = 'en';

/** Set by whoever wants another language; nothing else is known of it before it is fetched. */
const wanted = stored('alias-language') ?? ENGLISH;
const texts = wanted === ENGLISH ? null : fetched(wanted);

const language = texts ? wanted : ENGLISH;
document.documentElement.lang = language;

/** How numbers and dates are written: by `Intl`. */
export const locale = language === ENGLISH ? 'en-US' : language;

/**
 * English where there is no such language: a page in the wrong one is better than none.
 *
 * The page waits for it, as every module says its texts when it is read. Waiting any other way costs readers of English, too:
 * a round trip, or a tenth more of scripts, which bundlers divide where one of them awaits.
 */
function fetched(name: string): Texts | null {
  const request = new XMLHttpRequest();
  request.open('GET', `${import.meta.env.BASE_URL}locales/${encodeURIComponent(name)}.json`, false);
  try {
    request.send();
    return request.status === 200 ? (JSON.parse(request.responseText) as Texts) : null;
  } catch {
    return null;
  }
}

/** As the catalogue has a template: its values are {0}, {1} and so on. */
const keyOf = (parts: readonly string[]): string => parts.reduce((key, part, index) => `${key}{${index - 1}}${part}`);

/** A text with what stands in it: a string, or nodes where one of the values is a node. */
export function t(parts: TemplateStringsArray, ...values: Plain[]): string;
export function t(parts: TemplateStringsArray, ...values: ReactNode[]): ReactNode;
export function t(parts: TemplateStringsArray, ...values: ReactNode[]): ReactNode {
  const own = texts?.[keyOf(parts)];
  if (typeof own === 'string') return filled(own, values);
  return joined(parts.flatMap((part, index) => (index < values.length ? [part, values[index]] : [part])));
}

const number = new Intl.NumberFormat(locale);
const rules = new Intl.PluralRules(locale);
/** The forms of the language, in the order in which catalogues have them. */
const FORMS = (['zero', 'one', 'two', 'few', 'many', 'other'] as const).filter((form) => rules.resolvedOptions().pluralCategories.includes(form));

/** A text that depends on a number, which stands for `#`: plural(3, '# team', '# teams'); {0}, {1} and so on are the further values. */
export function plural(value: number, one: string, other: string, ...values: Plain[]): string;
export function plural(value: number, one: string, other: string, ...values: ReactNode[]): ReactNode;
export function plural(value: number, one: string, other: string, ...values: ReactNode[]): ReactNode {
  const own = texts?.[one];
  const form = Array.isArray(own) ? (own[FORMS.indexOf(rules.select(value))] ?? own.at(-1)) : undefined;
  return filled((form ?? (value === 1 ? one : other)).replaceAll('#', number.format(value)), values);
}

function filled(text: string, values: ReactNode[]): ReactNode {
  return joined(text.split(/\{(\d+)\}/).map((part, index) => (index % 2 ? values[Number(part)] : part)));
}

const isPlain = (part: ReactNode): part is Plain => typeof part === 'string' || typeof part === 'number';

const joined = (parts: ReactNode[]): ReactNode => (parts.every(isPlain) ? parts.join('') : createElement(Fragment, null, ...parts));
