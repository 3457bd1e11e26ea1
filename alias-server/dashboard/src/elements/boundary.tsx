// What cannot be shown says so in its place, and leaves the rest of the page alone: a script that is not there any more, a fault of ours.
import { Component, type ReactNode } from 'react';

import { send } from '../api/client';
import { t } from '../words';
import { LoadError } from './load-error';

/** Loads the page anew, once the server answers: what is typed elsewhere on the page is not given up for nothing. */
const anew = () => void send(new Request(location.href, { method: 'HEAD' })).then(() => location.reload(), () => undefined);

interface Props {
  /** Where the page is: elsewhere it is tried again. */
  at?: string;
  children: ReactNode;
}

export class Boundary extends Component<Props, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override componentDidUpdate(before: Props) {
    if (before.at !== this.props.at && this.state.error) this.setState({ error: null });
  }

  override render() {
    if (!this.state.error) return this.props.children;
    return <LoadError what={t`this part of the page`} error={this.state.error} onRetry={anew} />;
  }
}
