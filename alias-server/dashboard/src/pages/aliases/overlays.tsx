// The drawers and dialogs about one alias that an address opens: `?edit`, `?switch=smart`.
import type { ComponentType } from 'react';
import { useNavigate } from 'react-router';

import type { Alias } from '../../api/types';
import { lazily } from '../../elements/lazily';
import { MissingDialog } from '../../elements/missing';
import { useOverlay, useUrlState } from '../../elements/url-state';
import { useHeld } from '../../elements/use-held';
import { useSession } from '../../session/session';
import { AliasForm } from './alias-form';
import { DeleteDialog } from './delete-dialog';
import { DeprecateDialog } from './deprecate-dialog';
import { DisableDialog } from './disable-dialog';
import { useAlias } from './queries';
import { RenameDialog } from './rename-dialog';
import { SwitchDialog } from './switch-dialog';

interface Props {
  alias: Alias;
  onClose: () => void;
  /** On the page of the alias: it has another address now, or none. */
  onMoved: (to: string) => void;
}

const OVERLAYS: Record<string, ComponentType<Props>> = {
  edit: ({ alias, onClose }) => <AliasForm editing={alias} onClose={onClose} />,
  switch: SwitchDialog,
  test: lazily(async () => (await import('./test-dialog')).TestDialog),
  disable: DisableDialog,
  deprecate: DeprecateDialog,
  rename: ({ alias, onClose, onMoved }) => <RenameDialog alias={alias} onClose={onClose} onRenamed={(to) => onMoved(`/aliases/${encodeURIComponent(to)}`)} />,
  delete: ({ alias, onClose, onMoved }) => <DeleteDialog alias={alias} onClose={onClose} onDeleted={() => onMoved('/aliases')} />,
  split: lazily(async () => (await import('./split-form')).SplitForm),
  shadow: lazily(async () => (await import('./shadow-form')).ShadowForm),
  overrides: lazily(async () => (await import('./overrides-form')).OverridesForm),
  parameters: lazily(async () => (await import('./parameters-form')).ParametersForm),
};

/** `rows`: what the page has read already. */
export function AliasOverlays({ rows, onPage }: { rows: Alias[]; onPage?: string }) {
  const { may } = useSession();
  const navigate = useNavigate();
  const url = useUrlState();
  const wanted = Object.keys(OVERLAYS).find(url.has) ?? '';
  const overlay = useOverlay(wanted);
  const name = wanted ? overlay.of || onPage || '' : '';
  const known = rows.find((row) => row.alias === name);
  const seen = useHeld(name, known);
  const read = useAlias(seen ? '' : name);
  const alias = seen ?? read.data;
  const Wanted = OVERLAYS[wanted];
  if (!Wanted || !may('writeCatalog')) return null;
  if (!alias) return read.error && <MissingDialog what={name} error={read.error} onRetry={() => void read.refetch()} onClose={overlay.close} />;
  return <Wanted key={`${wanted} ${name}`} alias={alias} onClose={overlay.close} onMoved={(to) => onPage && void navigate(to, { replace: true })} />;
}
