// The exact request behind a form or a menu entry, for the command line.
import { Stack, Text } from '@mantine/core';

import { Code } from './code';
import { Modal } from './overlays';

export interface CurlRequest {
  method: string;
  path: string;
  body?: unknown;
  /** The same as a command of aliasctl, where there is one. */
  cli?: string;
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

export function curlOf({ method, path, body }: CurlRequest, keyed: boolean): string {
  const parts = [`curl -X ${method} ${quoted(`${location.origin}${path}`)}`];
  if (keyed) parts.push('-H "Authorization: Bearer $ALIAS_ADMIN_KEY"');
  if (body !== undefined) parts.push("-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(body, null, 2))}`);
  return parts.join(' \\\n  ');
}

export function CurlDialog({ request, keyed, onClose }: { request: CurlRequest | null; keyed: boolean; onClose: () => void }) {
  return (
    <Modal opened={request !== null} onClose={onClose} title="As a command" size="lg">
      {request && (
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            Everything that the dashboard does is a request of the public API. {keyed && 'The key is read from ALIAS_ADMIN_KEY.'}
          </Text>
          <Code text={curlOf(request, keyed)} label="curl command" />
          {request.cli && <Code text={request.cli} label="aliasctl command" />}
        </Stack>
      )}
    </Modal>
  );
}
