// The same thing done to many objects, one after the other: how far it is, a way to stop, and what failed.
import { Alert, Button, Group, List, Progress, Stack, Text } from '@mantine/core';
import { type ReactNode, useEffect, useRef, useState } from 'react';

import { problemOf } from '../api/problem';
import { plural, t } from '../words';
import { BusyButton } from './busy-button';
import { count } from './format';
import { Modal } from './overlays';

interface Props {
  title: string;
  /** What it will do, in numbers. */
  children: ReactNode;
  /** `Delete 3 aliases`. */
  action: string;
  danger?: boolean;
  ids: string[];
  /** False: it was so already. */
  run: (id: string) => Promise<unknown>;
  onClose: () => void;
  /** Those that it was done to, and those that are as they were: it failed, or was stopped before them. */
  onDone: (done: string[], left: string[]) => void;
}

interface Failure {
  id: string;
  why: string;
}

export function BulkDialog({ title, children, action, danger, ids, run, onClose, onDone }: Props) {
  const [progress, setProgress] = useState<number | null>(null);
  const [failures, setFailures] = useState<Failure[] | null>(null);
  const [notReached, setNotReached] = useState(0);
  const stopped = useRef(false);
  // Who leaves the page has no Stop any more, and sees no failure.
  useEffect(() => () => void (stopped.current = true), []);

  const start = async () => {
    const done: string[] = [];
    const failed: Failure[] = [];
    stopped.current = false;
    let reached = 0;
    for (const id of ids) {
      if (stopped.current) break;
      setProgress(reached);
      reached += 1;
      try {
        if ((await run(id)) !== false) done.push(id);
      } catch (error) {
        failed.push({ id, why: problemOf(error).detail });
      }
    }
    const rest = ids.slice(reached);
    setProgress(null);
    onDone(done, [...failed.map((one) => one.id), ...rest]);
    if (failed.length + rest.length === 0) return onClose();
    setFailures(failed);
    setNotReached(rest.length);
  };

  return (
    <Modal opened onClose={() => progress === null && onClose()} title={title} size="lg">
      <Stack>
        {failures && failures.length > 0 && (
          <Alert variant="outline" color="red" role="alert" title={plural(failures.length, '# object could not be changed', '# objects could not be changed')} styles={{ title: { color: 'var(--alias-bad)' } }}>
            <List size="sm" mah={260} style={{ overflowY: 'auto' }}>
              {failures.map((one) => (
                <List.Item key={one.id}>
                  <b>{one.id}</b>: {one.why}
                </List.Item>
              ))}
            </List>
          </Alert>
        )}
        {notReached > 0 && (
          <Text size="sm" role="status">
            {plural(notReached, 'Stopped: # of them is as it was, and stays selected.', 'Stopped: # of them are as they were, and stay selected.')}
          </Text>
        )}
        {!failures && children}
        {progress !== null && (
          <>
            <Progress value={(100 * progress) / ids.length} aria-label={title} />
            <Text size="sm" role="status" className="number">
              {t`${count(progress)} of ${count(ids.length)}`}
            </Text>
          </>
        )}
        <Group justify="flex-end">
          {progress !== null ? (
            <Button variant="default" onClick={() => (stopped.current = true)}>
              {t`Stop`}
            </Button>
          ) : (
            <Button variant="default" onClick={onClose} data-autofocus>
              {failures ? t`Close` : t`Cancel`}
            </Button>
          )}
          {!failures && (
            <BusyButton color={danger ? 'red' : undefined} disabled={ids.length === 0} busy={progress !== null} onClick={() => void start()}>
              {action}
            </BusyButton>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
