// Credits at a glance, and as the ledger has them for whoever points at them.
import { credits, exactCredits } from './format';

export const Credits = ({ of }: { of: number }) => (
  <span className="number" title={exactCredits(of)}>
    {credits(of)}
  </span>
);
