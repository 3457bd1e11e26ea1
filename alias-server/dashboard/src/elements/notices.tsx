// Short messages of what was done, with a way back where there is one.
import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';

import { problemOf } from '../api/problem';
import { t } from '../words';

const UNDO_MS = 10_000;

export function done(message: string): void {
  notifications.show({ message, color: 'green', withBorder: true, closeButtonProps: { 'aria-label': t`Dismiss` } });
}

export function failed(what: string, error: unknown): void {
  const { detail, requestId } = problemOf(error);
  notifications.show({
    title: t`${what} failed`,
    message: requestId ? `${detail} (${requestId})` : detail,
    color: 'red',
    autoClose: 12_000,
    withBorder: true,
    closeButtonProps: { 'aria-label': t`Dismiss` },
  });
}

/** The first answer was lost with the connection, and secrets are not said twice. */
export function secretLost(what: string): void {
  failed(what, new Error(t`It was made already when the connection was lost, and its secret is not shown a second time: end it, and make another.`));
}

/** Says what was done, and takes it back for ten seconds. */
export function undoable(message: string, undo: () => Promise<void>): void {
  const back = async () => {
    // Many take a while.
    notifications.update({ id, message: t`Taking it back…`, loading: true, autoClose: false, withBorder: true, withCloseButton: false });
    try {
      await undo();
    } catch (error) {
      failed(t`Undo`, error);
    } finally {
      notifications.hide(id);
    }
  };
  const id = notifications.show({
    color: 'green',
    autoClose: UNDO_MS,
    withBorder: true,
    closeButtonProps: { 'aria-label': t`Dismiss` },
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm" className="break">
          {message}
        </Text>
        <Button size="compact-sm" variant="default" onClick={() => void back()}>
          {t`Undo`}
        </Button>
      </Group>
    ),
  });
}
