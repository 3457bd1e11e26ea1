// Playground: a prompt to one or two models with a team's key, exactly as a client calls.
import { Alert, Button, Group, PasswordInput, Select, Stack, Switch, Text, Textarea } from '@mantine/core';
import { IconInfoCircle, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';

import { FormError } from '../../elements/form-error';
import { count } from '../../elements/format';
import { PageHead } from '../../elements/page-head';
import { Panel } from '../../elements/panel';
import { t } from '../../words';
import { type Answer, listModels, stream } from './call';

export default function Playground() {
  const [key, setKey] = useState('');
  const [models, setModels] = useState<string[]>([]);
  const [chosen, setChosen] = useState<[string, string]>(['', '']);
  const [compare, setCompare] = useState(false);
  const [prompt, setPrompt] = useState(t`Say hello in five words`);
  const [answers, setAnswers] = useState<Record<number, Answer>>({});
  const [error, setError] = useState<unknown>(null);
  const [running, setRunning] = useState(false);
  const stop = useRef<AbortController>(undefined);
  // Whoever leaves pays for no more of an answer.
  useEffect(() => () => stop.current?.abort(), []);

  const connect = async (event: FormEvent) => {
    event.preventDefault();
    setError(null);
    try {
      const list = await listModels(key.trim());
      setModels(list);
      setChosen([list[0] ?? '', list[1] ?? list[0] ?? '']);
    } catch (why) {
      setModels([]);
      setError(why);
    }
  };
  const run = async (event: FormEvent) => {
    event.preventDefault();
    const controller = new AbortController();
    stop.current = controller;
    setRunning(true);
    setAnswers({});
    const wanted = compare ? chosen : chosen.slice(0, 1);
    await Promise.all(wanted.map((model, place) => stream(key.trim(), model, prompt, controller.signal, (answer) => setAnswers((before) => ({ ...before, [place]: answer })))));
    setRunning(false);
  };
  return (
    <>
      <PageHead title={t`Playground`} lead={t`Calls exactly as a client does: with a team’s key, through the same access rules, and counted.`} />
      <Stack>
        <Panel title={t`Team key`}>
          <form onSubmit={connect}>
            <Stack gap="sm">
              <FormError error={error} />
              <Group align="flex-end" gap="xs">
                <PasswordInput label={t`Key`} description={t`Kept until this page is closed, and stored nowhere`} placeholder="sk-…" autoComplete="off" required value={key} onChange={(event) => setKey(event.currentTarget.value)} style={{ flex: '1 1 320px' }} />
                <Button type="submit" variant="default" disabled={!key.trim()}>
                  {t`Load models`}
                </Button>
              </Group>
            </Stack>
          </form>
        </Panel>
        {models.length > 0 && (
          <Panel title={t`Prompt`}>
            <form onSubmit={run}>
              <Stack gap="sm">
                <Group align="flex-end">
                  <Select label={t`Model`} searchable data={models} value={chosen[0]} allowDeselect={false} onChange={(value) => setChosen([value ?? '', chosen[1]])} />
                  {compare && <Select label={t`Compared with`} searchable data={models} value={chosen[1]} allowDeselect={false} onChange={(value) => setChosen([chosen[0], value ?? ''])} />}
                  <Switch label={t`Compare two models`} checked={compare} onChange={(event) => setCompare(event.currentTarget.checked)} mb={8} />
                </Group>
                <Textarea label={t`Prompt`} autosize minRows={3} maxRows={12} required value={prompt} onChange={(event) => setPrompt(event.currentTarget.value)} />
                <Group justify="space-between">
                  <Text size="sm" c="dimmed">
                    {t`A real call: it costs what it costs.`}
                  </Text>
                  {running ? (
                    <Button variant="default" leftSection={<IconPlayerStop size={16} aria-hidden />} onClick={() => stop.current?.abort()}>
                      {t`Stop`}
                    </Button>
                  ) : (
                    <Button type="submit" leftSection={<IconPlayerPlay size={16} aria-hidden />} disabled={!prompt.trim()}>
                      {t`Run`}
                    </Button>
                  )}
                </Group>
              </Stack>
            </form>
          </Panel>
        )}
        <div className="grid-2" aria-live="polite">
          {Object.entries(answers).map(([place, answer]) => (
            <Panel key={place} title={answer.model}>
              <AnswerText answer={answer} />
            </Panel>
          ))}
        </div>
      </Stack>
    </>
  );
}

function AnswerText({ answer }: { answer: Answer }) {
  return (
    <Stack gap="sm">
      {answer.error !== undefined && <FormError error={answer.error} />}
      {answer.text && <Text style={{ whiteSpace: 'pre-wrap' }} className="break">{answer.text}</Text>}
      {answer.stopped && (
        <Alert variant="outline" color="gray" icon={<IconInfoCircle size={18} />}>
          <Text size="sm">{t`Stopped.`}</Text>
        </Alert>
      )}
      <Text size="sm" c="dimmed" className="number">
        {[
          answer.firstMs !== undefined && t`${count(answer.firstMs)} ms to the first token`,
          answer.totalMs !== undefined && t`${count(answer.totalMs)} ms in all`,
          answer.inputTokens !== undefined && t`${count(answer.inputTokens)} + ${count(answer.outputTokens ?? 0)} tokens`,
        ]
          .filter(Boolean)
          .join(' · ') || t`waiting…`}
      </Text>
    </Stack>
  );
}
