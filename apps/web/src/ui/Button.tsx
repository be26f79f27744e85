// Big soft buttons. `primary` is the one thing to do on a screen; there is at most one. `danger` takes something away for good.
import type { ButtonHTMLAttributes } from 'react';

const looks = {
  primary: 'bg-crust text-on-crust hover:bg-crust-deep shadow-[0_6px_0_-2px_color-mix(in_oklab,var(--crust)_35%,transparent)]',
  soft: 'bg-glow text-ink hover:brightness-[0.97]',
  plain: 'bg-card text-ink border-2 border-line hover:border-edge',
  danger: 'bg-warn-glow text-warn border-2 border-warn/50 hover:border-warn',
  quiet: 'text-soft hover:text-ink underline-offset-4 hover:underline',
};
const sizes = {
  small: 'min-h-12 px-4 text-base',
  medium: 'min-h-14 px-6 text-lg',
  large: 'min-h-18 px-8 text-xl',
};

export type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & {
  look?: keyof typeof looks;
  size?: keyof typeof sizes;
  testId?: string;
  wide?: boolean;
};

export function Button({ look = 'plain', size = 'medium', testId, wide = false, className = '', ...rest }: ButtonProps) {
  const shape = 'inline-flex items-center justify-center gap-3 rounded-full font-bold text-center text-balance leading-tight py-2';
  const motion = 'transition-[transform,background-color,filter] duration-150 active:scale-[0.97]';
  const dead = 'disabled:bg-sunk disabled:text-soft disabled:shadow-none disabled:active:scale-100';
  return (
    <button
      type="button"
      data-testid={testId}
      className={`${shape} ${motion} ${dead} ${looks[look]} ${sizes[size]} ${wide ? 'w-full' : ''} ${className}`}
      {...rest}
    />
  );
}
