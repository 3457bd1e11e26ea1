// Reads a file of the catalogue beside the page, which stays usable meanwhile: YAML, or JSON.
import { parse, YAMLParseError } from 'yaml';

export type Said = { document: Record<string, unknown> } | { refused: string };

function read(text: string): Said {
  try {
    const document: unknown = text.trimStart().startsWith('{') ? JSON.parse(text) : parse(text);
    if (typeof document !== 'object' || document === null || Array.isArray(document)) return { refused: 'The file holds no document: it has to begin with `version: 1`.' };
    return { document: document as Record<string, unknown> };
  } catch (error) {
    if (error instanceof YAMLParseError) return { refused: error.message };
    return { refused: error instanceof Error ? error.message : String(error) };
  }
}

self.onmessage = ({ data }: MessageEvent<string>) => self.postMessage(read(data));
