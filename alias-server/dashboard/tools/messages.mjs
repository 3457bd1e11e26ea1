// The texts of the pages: `npm run messages` writes them to src/locales/dashboard.pot. `nakedTexts` are those that it cannot see.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

import { writeTemplate } from './po.mjs';

const SOURCES = fileURLToPath(new URL('../src/', import.meta.url));
export const TEMPLATE = join(SOURCES, 'locales/dashboard.pot');

/** Code to be copied, and what no page shows: programs, commands, types. */
const CODE = ['api/schema.d.ts', 'elements/commands.ts', 'pages/connect/snippet-texts.ts', 'words.ts'];

/** Attributes and members whose strings are read, or read out. */
const READ = new Set('action add alt aria-label description empty label lead message none note nothingFound nothingFoundMessage placeholder submit title unit what windowTitle'.split(' '));

/** Calls whose strings are names for programs. */
const FOR_PROGRAMS = /^(api\.\w+|fileOf|aliasctl|fetch|may|useOverlay|url\.\w+|.*\.(querySelector|closest|startsWith|includes|replace|replaceAll|split|join|set|get|has|addEventListener))$/;

/** Not shown: what only somebody who changes the pages meets; a product's name; the words of headers. */
const SAME_EVERYWHERE = ['There is no session around this part of the page.', 'Given up', 'Model Aliases', 'AbortError'];

function sources() {
  const paths = readdirSync(SOURCES, { recursive: true }).filter((path) => /\.tsx?$/.test(path) && !CODE.includes(path));
  return paths.sort().map((path) => ({ path, tree: ts.createSourceFile(path, readFileSync(join(SOURCES, path), 'utf8'), ts.ScriptTarget.Latest, true, path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS) }));
}

const isText = (node) => ts.isTaggedTemplateExpression(node) && node.tag.getText() === 't';
const isPlural = (node) => ts.isCallExpression(node) && node.expression.getText() === 'plural';
const isString = (node) => ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateExpression(node);

const shortened = (node) => node.getText().replace(/\s+/g, ' ').slice(0, 80);
const notesOf = (values) => values.map((value, index) => `{${index}}: ${shortened(value)}`);

/** What a template or a call of `plural` has in the catalogue. */
function messageOf(node) {
  if (isPlural(node)) {
    const [, one, other, ...values] = node.arguments;
    if (!ts.isStringLiteral(one) || !ts.isStringLiteral(other)) throw new Error(`plural needs its texts as they are: ${shortened(node)}`);
    return { id: one.text, plural: other.text, notes: notesOf(values) };
  }
  const { template } = node;
  if (ts.isNoSubstitutionTemplateLiteral(template)) return { id: template.text };
  const id = template.templateSpans.reduce((text, span, index) => `${text}{${index}}${span.literal.text}`, template.head.text);
  return { id, notes: notesOf(template.templateSpans.map((span) => span.expression)) };
}

/** All messages, sorted by where they are first read; each once. */
export function messages() {
  const all = new Map();
  for (const { path, tree } of sources()) {
    const visit = (node) => {
      if (isText(node) || isPlural(node)) {
        const message = messageOf(node);
        const known = all.get(message.id) ?? { ...message, places: [] };
        if (known.plural !== message.plural) throw new Error(`counted here and not there: ${message.id}`);
        if (!known.places.includes(path)) known.places.push(path);
        all.set(message.id, known);
      }
      ts.forEachChild(node, visit);
    };
    visit(tree);
  }
  return [...all.values()];
}

const wordsOf = (node) => (ts.isTemplateExpression(node) ? [node.head.text, ...node.templateSpans.map((span) => span.literal.text)].join('{}') : node.text);

/** Looks like words for people: two in a row, or one that begins a sentence. */
const isProse = (text) => /[a-z]{2}[,;:.]? [a-z]+|^\W*[A-Z][a-z]+/.test(text) && !/^[/.[#]|^https?:|^-H |^Bearer |var\(--/.test(text);

/** The member or attribute that a string is for, through conditions and lists. */
function holderOf(node) {
  let at = node;
  while (ts.isConditionalExpression(at.parent) || ts.isParenthesizedExpression(at.parent) || ts.isJsxExpression(at.parent) || (ts.isBinaryExpression(at.parent) && !isComparison(at.parent))) at = at.parent;
  return at.parent;
}

const isComparison = (node) => ts.isBinaryExpression(node) && /^[!=]==$/.test(node.operatorToken.getText());

function isRead(node) {
  const text = wordsOf(node);
  if (!/[A-Za-z]{2}/.test(text) || SAME_EVERYWHERE.includes(text) || isComparison(node.parent) || ts.isCaseClause(node.parent)) return false;
  const holder = holderOf(node);
  if (ts.isJsxAttribute(holder)) return READ.has(holder.name.getText()) && (isProse(text) || (/^[a-z{} ]+$/.test(text) && !/^(placeholder|action)$/.test(holder.name.getText())));
  if (ts.isPropertyAssignment(holder)) return holder.name !== node && isProse(text) && (READ.has(holder.name.getText().replaceAll("'", '')) || / /.test(text)) && !isStyle(holder);
  return isProse(text);
}

const isStyle = (property) => /^(flex|padding|border\w*|gridTemplateColumns|fontFamily\w*|transition|authorization)$/.test(property.name.getText());

/** Texts that stand in the pages without `t` or `plural`: no language can have them. */
export function nakedTexts() {
  const found = [];
  for (const { path, tree } of sources()) {
    const say = (node, text) => found.push(`${path}:${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${text.trim()}`);
    const visit = (node) => {
      if (isText(node)) return node.template.templateSpans?.forEach((span) => visit(span.expression));
      if (isPlural(node)) return [node.arguments[0], ...node.arguments.slice(3)].forEach(visit);
      if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
      if (ts.isCallExpression(node) && FOR_PROGRAMS.test(node.expression.getText())) return [node.expression, ...node.arguments].forEach((child) => (isString(child) ? undefined : visit(child)));
      if (ts.isJsxElement(node) && /className="[^"]*mono/.test(node.openingElement.getText()) && node.children.every(ts.isJsxText)) return;
      if (ts.isJsxText(node) && /[A-Za-z]{2}/.test(node.text) && !SAME_EVERYWHERE.includes(node.text.trim())) say(node, node.text);
      if (isString(node) && isRead(node)) say(node, wordsOf(node));
      ts.forEachChild(node, visit);
    };
    visit(tree);
  }
  return found;
}

export const template = () => writeTemplate(messages(), 'The texts of the dashboard, as its pages have them. Written by `npm run messages`; do not edit.');

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(TEMPLATE, template());
