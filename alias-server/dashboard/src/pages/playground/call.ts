// Calls with a team's key, as any client makes them: the list of models, and a streamed answer.
import { Problem } from '../../api/problem';

export interface Answer {
  model: string;
  text: string;
  firstMs?: number;
  totalMs?: number;
  inputTokens?: number;
  outputTokens?: number;
  error?: unknown;
  stopped?: boolean;
}

interface Event {
  choices?: { delta?: { content?: string | null } }[];
  usage?: { prompt_tokens: number; completion_tokens: number } | null;
  error?: { message?: string; code?: string };
}

const headersOf = (key: string) => ({ authorization: `Bearer ${key}`, 'content-type': 'application/json' });

async function refused(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => ({}));
  return new Problem(response.status, typeof body === 'object' && body ? body : {});
}

export async function listModels(key: string): Promise<string[]> {
  const response = await fetch('/v1/models', { headers: headersOf(key) });
  if (!response.ok) throw await refused(response);
  const list = (await response.json()) as { data: { id: string }[] };
  return list.data.map((one) => one.id);
}

/** Streams one answer; `show` gets it each time that it grew. Never throws: what went wrong is in the answer. */
export async function stream(key: string, model: string, prompt: string, signal: AbortSignal, show: (answer: Answer) => void): Promise<void> {
  const started = performance.now();
  const since = () => Math.round(performance.now() - started);
  const answer: Answer = { model, text: '' };
  const grown = () => show({ ...answer });
  grown();
  try {
    const body = JSON.stringify({ model, stream: true, stream_options: { include_usage: true }, messages: [{ role: 'user', content: prompt }] });
    const response = await fetch('/v1/chat/completions', { method: 'POST', headers: headersOf(key), body, signal });
    if (!response.ok || !response.body) throw await refused(response);
    for await (const data of eventsOf(response.body)) {
      const event = JSON.parse(data) as Event;
      if (event.error) throw new Problem(response.status, { error: event.error });
      const piece = event.choices?.[0]?.delta?.content;
      if (piece) {
        answer.firstMs ??= since();
        answer.text += piece;
      }
      if (event.usage) {
        answer.inputTokens = event.usage.prompt_tokens;
        answer.outputTokens = event.usage.completion_tokens;
      }
      grown();
    }
  } catch (error) {
    if (signal.aborted) answer.stopped = true;
    else answer.error = error;
  }
  answer.totalMs = since();
  grown();
}

/** The data of server-sent events, up to `[DONE]`. */
async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    rest += value;
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith('data:')) continue;
      const data = line.slice(5).trim();
      if (data === '[DONE]') return;
      yield data;
    }
  }
}
