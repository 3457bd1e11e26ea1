// Choosing an organization, of however many.
import type { SelectProps } from '@mantine/core';

import { FoundSelect } from '../../elements/found-select';
import { t } from '../../words';
import { useOrganizationIds } from '../teams/queries';

interface Props extends Pick<SelectProps, 'id' | 'description' | 'required' | 'clearable' | 'error'> {
  value: string;
  onChange: (value: string) => void;
}

export function OrganizationField(props: Props) {
  return <FoundSelect label={t`Organization`} placeholder={t`Search organizations`} nothingFoundMessage={t`No such organization`} clearButtonProps={{ 'aria-label': t`Clear organization` }} useFound={useOrganizationIds} failure={t`The organizations could not be read`} {...props} />;
}
