import type { ComponentChildren } from 'preact';

export interface ActionButtonProps {
  readonly children: ComponentChildren;
  /** Whether it can be used now. */
  readonly can: boolean;
  readonly onAct: () => unknown;
  readonly class?: string;
}

/**
 * A button that for a while cannot be used, often since it was: one that became `disabled` would lose the focus, and who
 * has no mouse would have to begin at the top of the page.
 */
export function ActionButton({ children, can, onAct, ...rest }: ActionButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      aria-disabled={!can}
      onClick={() => {
        if (can) onAct();
      }}
    >
      {children}
    </button>
  );
}
