// Why a form was refused: at its top, with what belongs to no field.
import { Alert, Anchor, List, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { Link } from 'react-router';

import { Problem, problemOf } from '../api/problem';
import { t } from '../words';
import { RequestId } from './load-error';

/** `fields`: ids of this form's fields by their names in the API, to lead there. */
export function FormError({ error, fields = {} }: { error: unknown; fields?: Record<string, string> }) {
  const alert = useRef<HTMLDivElement>(null);
  // Whoever sent the form is led to what is wrong with it.
  useEffect(() => alert.current?.focus(), [error]);
  if (!error) return null;
  const { title, detail, requestId } = problemOf(error);
  const wrong = error instanceof Problem ? error.fields : [];
  const existing = error instanceof Problem ? error.existing : null;
  return (
    <Alert variant="outline" color="red" icon={<IconAlertTriangle size={20} />} title={title} role="alert" ref={alert} tabIndex={-1} styles={{ title: { color: 'var(--alias-bad)' } }}>
      <Stack gap={6}>
        {wrong.length === 0 && <Text size="sm">{detail}</Text>}
        {wrong.length > 0 && (
          <List size="sm">
            {wrong.map((one) => (
              <List.Item key={`${one.field}-${one.message}`}>
                {fields[one.field] ? <Anchor href={`#${fields[one.field]}`} inherit underline="always">{one.field}</Anchor> : <b>{one.field}</b>}: {one.message}
              </List.Item>
            ))}
          </List>
        )}
        {existing?.startsWith('/api/model-aliases/') && (
          <Anchor size="sm" component={Link} target="_blank" to={`/aliases/${existing.slice('/api/model-aliases/'.length)}`}>
            {t`Open the existing alias`}
          </Anchor>
        )}
        {requestId && <RequestId id={requestId} />}
      </Stack>
    </Alert>
  );
}
