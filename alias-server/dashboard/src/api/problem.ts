// What the API answers when it refuses (RFC 9457), as an error that pages can show.
import { t } from '../words';

export interface FieldProblem {
  field: string;
  /** Where in the body: `#/split/0/share`. */
  pointer?: string;
  message: string;
  code?: string;
  suggestion?: string | null;
}

interface Body {
  title?: string;
  detail?: string;
  code?: string;
  request_id?: string;
  existing?: string;
  errors?: FieldProblem[];
  error?: { message?: string; code?: string };
}

export class Problem extends Error {
  readonly title: string;
  readonly code: string;
  readonly requestId: string | null;
  readonly existing: string | null;
  readonly fields: FieldProblem[];

  constructor(
    readonly status: number,
    body: Body,
  ) {
    super(body.detail ?? body.error?.message ?? t`The server answered ${status}.`);
    this.title = body.title ?? (body.error ? t`The call was refused` : t`The request failed`);
    this.code = body.code ?? body.error?.code ?? '';
    this.requestId = body.request_id ?? null;
    this.existing = body.existing ?? null;
    this.fields = body.errors ?? [];
  }

  /** What is wrong with one field of a form. */
  of(field: string): string | undefined {
    const found = this.fields.find((one) => one.field === field);
    if (!found) return undefined;
    return found.suggestion ? t`${found.message}. Did you mean ${found.suggestion}?` : found.message;
  }
}

/** The server could not be reached at all. */
export class Unreachable extends Error {
  constructor() {
    super(t`The server does not answer. What you entered is kept: send it again when it does.`);
  }
}

export function problemOf(error: unknown): { title: string; detail: string; requestId: string | null; code: string } {
  if (error instanceof Problem) {
    return { title: error.title, detail: error.message, requestId: error.requestId, code: error.code };
  }
  const detail = error instanceof Error ? error.message : String(error);
  const title = error instanceof Unreachable ? t`Connection lost` : t`Something went wrong`;
  return { title, detail, requestId: null, code: '' };
}
