// A button whose work takes time. It keeps the focus meanwhile: one that is disabled would lose it.
import { Button, type ButtonProps } from '@mantine/core';
import type { MouseEvent } from 'react';

interface Props extends ButtonProps {
  busy: boolean;
  type?: 'button' | 'submit';
  onClick?: () => void;
}

export function BusyButton({ busy, type = 'button', onClick, ...rest }: Props) {
  const press = (event: MouseEvent) => {
    // A form is not sent twice either.
    if (busy) event.preventDefault();
    else onClick?.();
  };
  return <Button {...rest} type={type} className="busy-button" mod={{ busy }} aria-disabled={busy || undefined} onClick={press} />;
}
