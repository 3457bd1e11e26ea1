// What can be done with one alias: the menu of its row, and of its page.
import { Kbd, Menu } from '@mantine/core';
import { IconArrowBackUp, IconArrowsExchange, IconCopy, IconCursorText, IconEdit, IconFiles, IconHistory, IconHourglass, IconPlayerPause, IconPlayerPlay, IconTerminal2, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';

import type { Alias } from '../../api/types';
import { aliasctl } from '../../elements/commands';
import { copyText, NOT_COPIED } from '../../elements/copy';
import { CurlDialog, type CurlRequest } from '../../elements/curl';
import { done, failed, undoable } from '../../elements/notices';
import { RowMenu } from '../../elements/row-menu';
import { useOverlay } from '../../elements/url-state';
import { useSession } from '../../session/session';
import { useShortcutsOn } from '../../shell/shortcuts';
import { t } from '../../words';
import { aliasesChanged, aliasFile, aliasPath, setActive, undeprecateAlias, undoTo } from './queries';

type Within = 'list' | 'page';

export function AliasRowMenu({ alias, within = 'list' }: { alias: Alias; within?: Within }) {
  const [curl, setCurl] = useState<CurlRequest | null>(null);
  const { me } = useSession();
  return (
    <>
      <RowMenu name={alias.alias}>{() => <Entries alias={alias} within={within} onCurl={setCurl} />}</RowMenu>
      {curl && <CurlDialog request={curl} keyed={me.mode !== 'open'} onClose={() => setCurl(null)} />}
    </>
  );
}

function Entries({ alias, within, onCurl }: { alias: Alias; within: Within; onCurl: (request: CurlRequest) => void }) {
  const { may } = useSession();
  const [shortcuts] = useShortcutsOn();
  const client = useQueryClient();
  const navigate = useNavigate();
  const edit = useOverlay('edit');
  const switching = useOverlay('switch');
  const testing = useOverlay('test');
  const deleting = useOverlay('delete');
  const disabling = useOverlay('disable');
  const deprecating = useOverlay('deprecate');
  const renaming = useOverlay('rename');
  const create = useOverlay('create');
  const name = alias.alias;
  const path = `/api/model-aliases/${encodeURIComponent(name)}`;

  const enable = async () => {
    try {
      await setActive(name, true);
      done(t`Enabled ${name}`);
      await aliasesChanged(client);
    } catch (error) {
      failed(t`Enabling ${name}`, error);
    }
  };
  const undeprecate = async () => {
    try {
      const made = await undeprecateAlias(name);
      undoable(t`${name} is deprecated no more`, async () => {
        await undoTo(alias, made);
        await aliasesChanged(client);
      });
      await aliasesChanged(client);
    } catch (error) {
      failed(t`Taking back the deprecation of ${name}`, error);
    }
  };
  const copyName = async () => {
    if (await copyText(name)) done(t`Copied ${name}`);
    else failed(t`Copying ${name}`, new Error(NOT_COPIED));
  };
  return (
    <>
      <Menu.Item leftSection={<IconCopy size={16} />} onClick={() => void copyName()}>
        {t`Copy name`}
      </Menu.Item>
      <Menu.Item leftSection={<IconTerminal2 size={16} />} onClick={() => onCurl({ method: 'GET', path, cli: aliasctl(['alias', 'get', name]), file: () => aliasFile(name) })}>
        {t`Copy as curl or YAML`}
      </Menu.Item>
      {within === 'list' && (
        <Menu.Item leftSection={<IconHistory size={16} />} onClick={() => void navigate(`${aliasPath(name)}?tab=history`)}>
          {t`History`}
        </Menu.Item>
      )}
      {may('writeCatalog') && (
        <>
          <Menu.Divider />
          {within === 'list' && (
            <>
              <Menu.Item leftSection={<IconPlayerPlay size={16} />} onClick={() => testing.open(name)}>
                {t`Test…`}
              </Menu.Item>
              <Menu.Item leftSection={<IconEdit size={16} />} rightSection={shortcuts && <Kbd size="xs">e</Kbd>} onClick={() => edit.open(name)}>
                {t`Edit`}
              </Menu.Item>
              <Menu.Item leftSection={<IconArrowsExchange size={16} />} onClick={() => switching.open(name)}>
                {t`Switch provider…`}
              </Menu.Item>
            </>
          )}
          <Menu.Item leftSection={<IconFiles size={16} />} onClick={() => (within === 'list' ? create.open(alias.litellm_model) : void navigate(`/aliases?create=${encodeURIComponent(alias.litellm_model)}`))}>
            {t`Another alias of this target`}
          </Menu.Item>
          {alias.active ? (
            <Menu.Item leftSection={<IconPlayerPause size={16} />} onClick={() => disabling.open(name)}>
              {t`Disable…`}
            </Menu.Item>
          ) : (
            <Menu.Item leftSection={<IconPlayerPlay size={16} />} onClick={() => void enable()}>
              {t`Enable`}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconHourglass size={16} />} onClick={() => deprecating.open(name)}>
            {alias.deprecation ? t`Change deprecation…` : t`Deprecate…`}
          </Menu.Item>
          {alias.deprecation && (
            <Menu.Item leftSection={<IconArrowBackUp size={16} />} onClick={() => void undeprecate()}>
              {t`Take deprecation back`}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconCursorText size={16} />} onClick={() => renaming.open(name)}>
            {t`Rename…`}
          </Menu.Item>
          <Menu.Item leftSection={<IconTrash size={16} />} c="var(--alias-bad)" onClick={() => deleting.open(name)}>
            {t`Delete…`}
          </Menu.Item>
        </>
      )}
    </>
  );
}
