// A file of the catalogue, read in the background; giving up ends it at once.
import { t } from '../../words';
import type { Said } from './document.worker';

const LARGEST = 64 * 1024 * 1024;

const SECTIONS = ['aliases', 'access_groups', 'organizations', 'teams'];

export type Document = Record<string, unknown>;

export async function readDocument(file: File, signal: AbortSignal): Promise<Document> {
  if (file.size > LARGEST) throw new Error(t`The file has more than 64 MiB. Split it, or use aliasctl apply.`);
  const text = await file.text();
  const said = await new Promise<Said>((resolve, reject) => {
    const worker = new Worker(new URL('./document.worker.ts', import.meta.url), { type: 'module' });
    const end = (then: () => void) => () => {
      worker.terminate();
      then();
    };
    signal.addEventListener('abort', end(() => reject(new DOMException('Given up', 'AbortError'))));
    worker.onerror = end(() => reject(new Error(t`The file could not be read.`)));
    worker.onmessage = ({ data }: MessageEvent<Said>) => end(() => resolve(data))();
    worker.postMessage(text);
  });
  if ('refused' in said) throw new Error(said.refused);
  const { read } = said;
  if (typeof read !== 'object' || read === null || Array.isArray(read)) throw new Error(t`The file holds no document: it has to begin with \`version: 1\`.`);
  return read as Document;
}

/** How many objects a document names. */
export function sizeOf(document: Document): number {
  return SECTIONS.reduce((sum, section) => sum + Object.keys((document[section] as object | undefined) ?? {}).length, 0);
}
