// The one way to the server: the public API, typed by its own document.
import createClient from 'openapi-fetch';

import { found, lost } from './connection';
import { Problem, Unreachable } from './problem';
import type { paths } from './schema';

/** What proves who asks, besides the session's cookie. */
const proof: { csrf: string | null; key: string | null } = { csrf: null, key: null };

const signedOut = new Set<() => void>();

export function setCsrf(token: string | null): void {
  proof.csrf = token;
}

/** An admin key lives as long as this page: it is written nowhere. */
export function setAdminKey(key: string | null): void {
  proof.key = key;
}

export function onSignedOut(listener: () => void): () => void {
  signedOut.add(listener);
  return () => signedOut.delete(listener);
}

function isChange(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD';
}

/** `fetch` with our proofs, that knows whether the server is there. */
export async function send(request: Request): Promise<Response> {
  if (proof.key && !request.headers.has('authorization')) request.headers.set('authorization', `Bearer ${proof.key}`);
  if (proof.csrf && isChange(request.method)) request.headers.set('x-csrf-token', proof.csrf);
  // A session's changes have to say that they are JSON, also those without a body.
  if (isChange(request.method) && !request.headers.has('content-type')) request.headers.set('content-type', 'application/json');
  let response: Response;
  try {
    response = await fetch(request);
  } catch (error) {
    if (request.signal.aborted) throw error;
    lost();
    throw new Unreachable();
  }
  found();
  const asksWho = ['/login', '/setup', '/password'].some((end) => request.url.endsWith(`/api/admin-users${end}`));
  if (response.status === 401 && request.url.includes('/api/') && !asksWho) signedOut.forEach((listener) => listener());
  return response;
}

export const api = createClient<paths>({ fetch: send });

/** The answer's body, or a `Problem`. */
export async function answer<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw new Problem(response.status, typeof error === 'object' && error ? error : {});
  return data as T;
}

/** `If-Match` for what was read. */
export function ifMatch(version: number): { 'If-Match': string } {
  return { 'If-Match': `"${version}"` };
}

/** Whoever sends a request twice has the same key: it is done once. */
export type OnlyOnce = Record<'Idempotency-Key', string>;

/** Names one request. `crypto.randomUUID` is missing where a page came over plain http from another machine. */
export const freshKey = (): string => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
