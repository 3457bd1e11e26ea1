// The drawers and dialogs about one alias that an address opens: edit, switch, disable, delete.
import { useNavigate } from 'react-router';

import type { Alias } from '../../api/types';
import { useOverlay } from '../../elements/url-state';
import { useSession } from '../../session/session';
import { AliasForm } from './alias-form';
import { DeleteDialog } from './delete-dialog';
import { DisableDialog } from './disable-dialog';
import { useAlias } from './queries';
import { SwitchDialog } from './switch-dialog';

/** `rows`: what the page has read already. */
export function AliasOverlays({ rows, onPage }: { rows: Alias[]; onPage?: string }) {
  const { may } = useSession();
  const navigate = useNavigate();
  const edit = useOverlay('edit');
  const switching = useOverlay('switch');
  const disabling = useOverlay('disable');
  const deleting = useOverlay('delete');
  const wanted = [edit, switching, disabling, deleting].find((one) => one.opened);
  const name = wanted ? wanted.of || onPage || '' : '';
  const known = rows.find((row) => row.alias === name);
  const read = useAlias(known ? '' : name);
  const alias = known ?? read.data;
  if (!wanted || !alias || !may('writeCatalog')) return null;
  if (edit.opened) return <AliasForm key={name} editing={alias} onClose={edit.close} />;
  if (switching.opened) return <SwitchDialog alias={alias} onClose={switching.close} />;
  if (disabling.opened) return <DisableDialog alias={alias} onClose={disabling.close} />;
  return <DeleteDialog alias={alias} onClose={deleting.close} onDeleted={() => onPage && void navigate('/aliases', { replace: true })} />;
}
