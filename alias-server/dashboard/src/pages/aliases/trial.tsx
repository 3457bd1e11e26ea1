// Testing an alias, or a target that is not saved yet, with a real call.
import { Alert, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { type KeyboardEvent, useState } from 'react';

import { answer, api } from '../../api/client';
import type { TestResult } from '../../api/types';
import { BusyButton } from '../../elements/busy-button';
import { FormError } from '../../elements/form-error';
import { count, exactMoney } from '../../elements/format';
import { Status } from '../../elements/status';
import { t } from '../../words';

/** `target`: another one than the alias has; with it, the alias need not be there yet. */
export function Trial({ alias, target }: { alias: string; target?: string }) {
  const [prompt, setPrompt] = useState(t`Say hello in five words`);
  const [result, setResult] = useState<TestResult | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    setError(null);
    setResult(null);
    try {
      setResult(await answer(api.POST('/api/model-aliases/{alias}/test', { params: { path: { alias } }, body: { prompt, litellm_model: target } })));
    } catch (why) {
      setError(why);
    } finally {
      setBusy(false);
    }
  };
  // Within a form, Enter tests and does not save.
  const onEnter = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    if (alias && !busy) void run();
  };
  return (
    <Stack gap="xs">
      <Group align="flex-end" gap="xs">
        <TextInput label={t`Prompt`} description={t`A real call, at your own cost`} value={prompt} maxLength={2_000} onChange={(event) => setPrompt(event.currentTarget.value)} onKeyDown={onEnter} style={{ flex: '1 1 220px' }} />
        <BusyButton variant="default" leftSection={<IconPlayerPlay size={15} aria-hidden />} busy={busy} disabled={!alias} onClick={() => void run()}>
          {t`Test`}
        </BusyButton>
      </Group>
      <div aria-live="polite">
        <FormError error={error} />
        {result && <Result result={result} />}
      </div>
    </Stack>
  );
}

function Result({ result }: { result: TestResult }) {
  const figures = [
    result.first_token_ms != null && t`${count(result.first_token_ms)} ms to the first token`,
    t`${count(result.latency_ms)} ms in all`,
    result.usage && t`${count(result.usage.total_tokens)} tokens`,
    result.cost_usd != null && exactMoney(result.cost_usd),
  ].filter(Boolean);
  return (
    <Alert variant="outline" color={result.ok ? 'green' : 'red'} p="sm">
      <Stack gap={6}>
        {result.ok ? <Status tone="good">{t`It answered`}</Status> : <Status tone="bad">{result.error?.code ?? t`It did not answer`}</Status>}
        <Text size="sm" c="dimmed">
          {result.alias} → <span className="mono break">{result.litellm_model}</span>
        </Text>
        {result.reply && <Text size="sm" className="break">“{result.reply}”</Text>}
        {result.error && (
          <>
            <Text size="sm" className="break">{result.error.message}</Text>
            <Text size="sm" className="break">
              <b>{t`What to check:`}</b> {result.error.hint}
            </Text>
          </>
        )}
        <Text size="sm" c="dimmed" className="number">
          {figures.join(' · ')}
        </Text>
      </Stack>
    </Alert>
  );
}
