// Reads a file of the catalogue beside the page, which stays usable meanwhile: YAML, or JSON.
import { parse, YAMLParseError } from 'yaml';

export type Said = { read: unknown } | { refused: string };

function read(text: string): Said {
  try {
    return { read: text.trimStart().startsWith('{') ? JSON.parse(text) : parse(text) };
  } catch (error) {
    if (error instanceof YAMLParseError) return { refused: error.message };
    return { refused: error instanceof Error ? error.message : String(error) };
  }
}

self.onmessage = ({ data }: MessageEvent<string>) => self.postMessage(read(data));
