// The drawers and dialogs about one alias that an address opens: edit, switch, disable, deprecate, rename, delete.
import { useNavigate } from 'react-router';

import type { Alias } from '../../api/types';
import { useOverlay } from '../../elements/url-state';
import { useSession } from '../../session/session';
import { AliasForm } from './alias-form';
import { DeleteDialog } from './delete-dialog';
import { DeprecateDialog } from './deprecate-dialog';
import { DisableDialog } from './disable-dialog';
import { useAlias } from './queries';
import { RenameDialog } from './rename-dialog';
import { SwitchDialog } from './switch-dialog';

/** `rows`: what the page has read already. */
export function AliasOverlays({ rows, onPage }: { rows: Alias[]; onPage?: string }) {
  const { may } = useSession();
  const navigate = useNavigate();
  const edit = useOverlay('edit');
  const switching = useOverlay('switch');
  const disabling = useOverlay('disable');
  const deleting = useOverlay('delete');
  const deprecating = useOverlay('deprecate');
  const renaming = useOverlay('rename');
  const wanted = [edit, switching, disabling, deprecating, renaming, deleting].find((one) => one.opened);
  const name = wanted ? wanted.of || onPage || '' : '';
  const known = rows.find((row) => row.alias === name);
  const read = useAlias(known ? '' : name);
  const alias = known ?? read.data;
  if (!wanted || !alias || !may('writeCatalog')) return null;
  if (edit.opened) return <AliasForm key={name} editing={alias} onClose={edit.close} />;
  if (switching.opened) return <SwitchDialog alias={alias} onClose={switching.close} />;
  if (disabling.opened) return <DisableDialog alias={alias} onClose={disabling.close} />;
  if (deprecating.opened) return <DeprecateDialog alias={alias} onClose={deprecating.close} />;
  if (renaming.opened) return <RenameDialog alias={alias} onClose={renaming.close} onRenamed={(to) => onPage && void navigate(`/aliases/${encodeURIComponent(to)}`, { replace: true })} />;
  return <DeleteDialog alias={alias} onClose={deleting.close} onDeleted={() => onPage && void navigate('/aliases', { replace: true })} />;
}
