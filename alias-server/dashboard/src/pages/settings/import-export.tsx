// The catalogue as a file: saved from here, and brought here after its plan was seen.
import { Anchor, Checkbox, FileInput, Group, Progress, Stack, Text, TextInput } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useState } from 'react';

import { answer, api } from '../../api/client';
import { BusyButton } from '../../elements/busy-button';
import { save } from '../../elements/export-menu';
import { FormButtons } from '../../elements/form-buttons';
import { FormError } from '../../elements/form-error';
import { done, failed } from '../../elements/notices';
import { Panel } from '../../elements/panel';
import { yamlOf } from '../../elements/yaml';
import { useSession } from '../../session/session';
import { plural, t } from '../../words';
import { changesOf, PlanView } from './plan';
import { type Stage, useApply } from './use-apply';

export function ImportExport() {
  const { may } = useSession();
  return (
    <Stack>
      <Export />
      {may('writeCatalog') && <Import />}
    </Stack>
  );
}

function Export() {
  const [busy, setBusy] = useState<string | null>(null);
  const run = async (end: 'yaml' | 'json') => {
    setBusy(end);
    try {
      const document = await answer(api.GET('/api/export'));
      const text = end === 'json' ? `${JSON.stringify(document, null, 2)}\n` : await yamlOf(document);
      save(`aliases.${end}`, text, end === 'json' ? 'application/json' : 'application/yaml');
    } catch (error) {
      failed(t`Export`, error);
    } finally {
      setBusy(null);
    }
  };
  return (
    <Panel title={t`Export`}>
      <Text size="sm" mb="sm">
        {t`Aliases, access groups, organizations and teams as one file, which can be kept in Git and applied. Keys, balances and usage are no part of it.`}
      </Text>
      <Group gap="xs">
        <BusyButton variant="default" busy={busy === 'yaml'} onClick={() => void run('yaml')}>
          {t`Download YAML`}
        </BusyButton>
        <BusyButton variant="default" busy={busy === 'json'} onClick={() => void run('json')}>
          {t`Download JSON`}
        </BusyButton>
      </Group>
    </Panel>
  );
}

const STAGES: Record<Stage, { text: string; value: number }> = {
  reading: { text: t`Reading the file`, value: 15 },
  planning: { text: t`Finding out what would change`, value: 50 },
  applying: { text: t`Making all changes, or none`, value: 85 },
};

function Import() {
  const [file, setFile] = useState<File | null>(null);
  const [ways, setWays] = useState({ prune: false, take_over: false });
  const [reason, setReason] = useState('');
  const apply = useApply((plan) => {
    setFile(null);
    setReason('');
    done(plural(changesOf(plan), 'Applied # change', 'Applied # changes'));
  });
  const choose = (next: File | null) => {
    setFile(next);
    if (next) void apply.open(next, ways);
    else apply.forget();
  };
  const change = (more: Partial<typeof ways>) => {
    const next = { ...ways, ...more };
    setWays(next);
    void apply.planAgain(next);
  };
  const changes = apply.plan ? changesOf(apply.plan) : 0;
  return (
    <Panel title={t`Import`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void apply.apply(ways, reason);
        }}
      >
        <Stack gap="sm">
          <Text size="sm">
            {t`A file of that form: YAML or JSON. Nothing changes before you have seen the plan. Other programs’ files, such as LiteLLM’s ${<span className="mono">config.yaml</span>}, are read by ${<span className="mono">aliasctl import</span>}; the form of the file is described in ${<Anchor href="/schema/aliases-v1.json" inherit underline="always">
              {t`its schema`}
            </Anchor>}.`}
          </Text>
          <FileInput label={t`File`} placeholder="aliases.yaml" accept=".yaml,.yml,.json" leftSection={<IconFileImport size={16} aria-hidden />} value={file} onChange={choose} clearable clearButtonProps={{ 'aria-label': t`Clear the file` }} disabled={apply.stage !== null} maw={420} />
          <Checkbox label={t`Delete what the file does not name`} description={t`Only what this file manages; a file without managed_by deletes only what no file manages`} checked={ways.prune} disabled={apply.stage !== null} onChange={(event) => change({ prune: event.currentTarget.checked })} />
          <Checkbox label={t`Take over what another file manages`} checked={ways.take_over} disabled={apply.stage !== null} onChange={(event) => change({ take_over: event.currentTarget.checked })} />
          <FormError error={apply.error} />
          {apply.stage && <Running stage={apply.stage} size={apply.size} onCancel={apply.cancel} />}
          {apply.plan && (
            <>
              <PlanView plan={apply.plan} />
              {changes > 0 ? (
                <>
                  <TextInput label={t`Reason`} description={t`For the activity log`} value={reason} maxLength={500} onChange={(event) => setReason(event.currentTarget.value)} maw={420} />
                  <FormButtons submit={plural(changes, 'Apply # change', 'Apply # changes')} busy={apply.stage === 'applying'} danger={apply.plan.summary.delete > 0} onCancel={() => choose(null)} />
                </>
              ) : (
                <Text size="sm">{t`Everything is as the file says already.`}</Text>
              )}
            </>
          )}
        </Stack>
      </form>
    </Panel>
  );
}

/** One transaction cannot be stopped halfway; what comes before it can. */
function Running({ stage, size, onCancel }: { stage: Stage; size: number; onCancel: () => void }) {
  const { text, value } = STAGES[stage];
  return (
    <div>
      <Progress value={value} animated aria-label={t`Import`} />
      <Group justify="space-between" mt={6}>
        <Text size="sm" role="status" className="number">
          {text}
          {size > 0 && <> {plural(size, '(# object)', '(# objects)')}</>}
        </Text>
        {stage !== 'applying' && (
          <BusyButton variant="default" size="xs" busy={false} onClick={onCancel}>
            {t`Cancel`}
          </BusyButton>
        )}
      </Group>
    </div>
  );
}
