// What becomes of a part of the callers that goes to another target: more of them follow, all do, or they come back.
import { Button, Group } from '@mantine/core';

import type { Alias, SplitTarget } from '../../api/types';
import { t } from '../../words';
import { sharedBy } from './shares';
import { useAliasChange } from './use-alias-change';

/** How a new target is let grow. */
const STEPS = [1, 5, 10, 25, 50, 75];

/** The next step, as far as the other targets leave room for it. */
function stepAfter(one: SplitTarget, others: SplitTarget[]): number | undefined {
  const room = 100 - sharedBy(others);
  return STEPS.find((step) => step > one.share && step < room);
}

export function SplitActions({ alias, target }: { alias: Alias; target: SplitTarget }) {
  const change = useAliasChange(alias);
  const name = target.litellm_model;
  const others = alias.split.filter((one) => one.litellm_model !== name);
  const next = stepAfter(target, others);
  const raise = (share: number) => change({ split: alias.split.map((one) => (one === target ? { ...one, share } : one)) }, t`${share} % of the callers of ${alias.alias} go to ${name}`);
  // What serves all calls is no shadow of its own.
  const shadow = alias.shadow?.litellm_model === name ? { shadow: null } : {};
  return (
    <Group gap={6} wrap="nowrap" justify="flex-end">
      {next && (
        <Button size="compact-xs" variant="default" aria-label={t`Raise to ${next} %: ${name}`} onClick={() => void raise(next)}>
          {t`Raise to ${next} %`}
        </Button>
      )}
      <Button size="compact-xs" variant="default" aria-label={t`Move all callers to ${name}`} onClick={() => void change({ litellm_model: name, split: others, ...shadow }, t`${alias.alias} now points to ${name}`)}>
        {t`Move all callers`}
      </Button>
      <Button size="compact-xs" variant="default" aria-label={t`Take back the callers of ${name}`} onClick={() => void change({ split: others }, t`The callers of ${name} are back`)}>
        {t`Take back`}
      </Button>
    </Group>
  );
}
