// How the upstream stands, as the server finds it when it is asked.
import { useQuery } from '@tanstack/react-query';

import { answer, api } from '../../api/client';

export const useUpstream = (enabled = true) => useQuery({ queryKey: ['upstream'], queryFn: () => answer(api.GET('/api/upstream')), enabled, retry: false });
