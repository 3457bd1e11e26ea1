// The exact request behind a form or a menu entry: for the command line, and for the catalogue as a file.
import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { t } from '../words';
import { Code } from './code';
import { Loaded } from './loaded';
import { Modal } from './overlays';

export interface CurlRequest {
  method: string;
  path: string;
  body?: unknown;
  /** Besides who asks: what it is held to, and why it is done. Empty ones are left out. */
  headers?: Record<string, string | undefined>;
  /** The same as a command of aliasctl, where there is one. */
  cli?: string;
  /** The object as a file of the catalogue says it, where it can. */
  file?: () => Promise<string>;
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

export function curlOf({ method, path, body, headers = {} }: CurlRequest, keyed: boolean): string {
  const parts = [`curl -X ${method} ${quoted(`${location.origin}${path}`)}`];
  if (keyed) parts.push('-H "Authorization: Bearer $ALIAS_ADMIN_KEY"');
  for (const [name, value] of Object.entries(headers)) if (value) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (body !== undefined) parts.push("-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(body, null, 2))}`);
  return parts.join(' \\\n  ');
}

export function CurlDialog({ request, keyed, onClose }: { request: CurlRequest | null; keyed: boolean; onClose: () => void }) {
  return (
    <Modal opened={request !== null} onClose={onClose} title={t`As a command or a file`} size="lg">
      {request && (
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {t`Everything that the dashboard does is a request of the public API.`} {keyed && t`The key is read from ALIAS_ADMIN_KEY.`}
          </Text>
          <Code text={curlOf(request, keyed)} label={t`curl command`} />
          {request.cli && <Code text={request.cli} label={t`aliasctl command`} />}
          {request.file && <AsFile write={request.file} />}
        </Stack>
      )}
    </Modal>
  );
}

function AsFile({ write }: { write: () => Promise<string> }) {
  const file = useQuery({ queryKey: ['as-file'], queryFn: write, staleTime: 0, gcTime: 0, retry: false });
  return (
    <Loaded query={file} what={t`it as a file`}>
      {(text) => (
        <>
          <Text size="sm" c="dimmed">
            {t`In a file for ${<span className="mono">aliasctl apply</span>}, or for Settings → Import & export:`}
          </Text>
          <Code text={text} label={t`YAML`} />
        </>
      )}
    </Loaded>
  );
}
